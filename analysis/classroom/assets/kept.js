/* What leaves the live page: what is saved as a file, and what the next page in its place goes on from. */
"use strict";

const RecoveryKept = (() => {
  const KEPT = "the classroom, to go on";

  /* Keep where a class is for the page that is opened next in this tab; gives whether the browser lets it. */
  function keep(place) {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(place));
      return true;
    } catch {
      return false;
    }
  }

  /* What was kept, once: a page that a person opens by hand begins at the beginning. */
  function takeKept() {
    try {
      const found = JSON.parse(sessionStorage.getItem(KEPT));
      sessionStorage.removeItem(KEPT);
      return found;
    } catch {
      return null;
    }
  }

  function save(name, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /* A text in lines that are no wider than `wide`, as this pen writes. */
  function broken(pen, words, wide) {
    const lines = [""];
    for (const word of words.split(" ")) {
      const longer = `${lines.at(-1)} ${word}`.trim();
      if (pen.measureText(longer).width <= wide || !lines.at(-1)) lines[lines.length - 1] = longer; else lines.push(word);
    }
    return lines;
  }

  /* Plots, each `[title, canvas]`, one below the other as one picture, below a head and lines in small, above a foot. */
  function savePicture(name, head, said, plots, foot) {
    const [first] = plots.map(([, canvas]) => canvas), scale = first.width / first.clientWidth, edge = 12 * scale;
    const page = document.createElement("canvas"), pen = page.getContext("2d"), style = getComputedStyle(document.documentElement);
    page.width = first.width + 2 * edge;
    let top = edge;
    const pieces = [];
    const write = (words, size, weight = "") => {
      pen.font = `${weight} ${size * scale}px system-ui, sans-serif`;
      for (const line of broken(pen, words, first.width)) {
        top += 1.3 * size * scale;
        pieces.push([line, pen.font, top]);
      }
    };
    write(head, 15, "600");
    said.forEach(line => write(line, 12));
    for (const [title, canvas] of plots) {
      top += edge;
      write(title, 14, "600");
      pieces.push([canvas, "", top + 0.5 * edge]);
      top += canvas.height + 0.5 * edge;
    }
    write(foot, 13);
    page.height = top + edge;  // which wipes the page: written only from here on
    pen.fillStyle = style.getPropertyValue("--paper");
    pen.fillRect(0, 0, page.width, page.height);
    pen.fillStyle = style.getPropertyValue("--ink");
    for (const [what, font, high] of pieces) {
      pen.font = font || pen.font;
      if (typeof what === "string") pen.fillText(what, edge, high); else pen.drawImage(what, edge, high);
    }
    page.toBlob(found => save(name, found));
  }

  /* Columns, each `[words, values by week]`, as a table of the weeks up to `last`. */
  function saveTable(name, last, columns) {
    const quoted = words => `"${words.replaceAll('"', '""')}"`;
    const cell = value => (typeof value === "string" ? quoted(value) : value ?? "");
    const rows = Array.from({length: last + 1}, (_, week) => [week, ...columns.map(([, values]) => cell(values[week]))].join(","));
    const head = ["week", ...columns.map(([words]) => quoted(words))].join(",");
    save(name, new Blob([[head, ...rows].join("\r\n") + "\r\n"], {type: "text/csv"}));
  }

  return {keep, takeKept, save, savePicture, saveTable};
})();
window.RecoveryKept = RecoveryKept;
