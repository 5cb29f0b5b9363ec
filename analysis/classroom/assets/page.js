/* What a lesson and the live page do alike: counts of the week, curves, two lives side by side, and the keys. Every text goes onto
   the page as text. */
"use strict";

const RecoveryPage = (() => {
  const {curves, sample, redraws} = window.RecoveryStage;
  const at = id => document.getElementById(id);
  const BOTH = [0, 1];

  function text(id, words) {
    const place = at(id);
    if (place.textContent !== words) place.textContent = words;
  }

  function make(tag, words, mark) {
    const made = document.createElement(tag);
    if (words !== undefined) made.textContent = words;
    if (mark) made.className = mark;
    return made;
  }

  const figure = value => (Number.isInteger(value) ? String(value) : value.toFixed(1));
  const signed = value => (value > 0 ? "+" : value < 0 ? "−" : "") + figure(Math.abs(value));

  /* Rows of a table, one a status, mark or label; gives what shows the counts of two frames in it. */
  function countRows(body, looks) {
    const cells = [];
    const row = (look, kind) => {
      const line = make("tr"), icon = make("td"), mark = make("canvas"), words = make("th", look.words);
      words.scope = "row";
      words.append(make("span", look.means, "means"));
      mark.setAttribute("aria-hidden", "true");
      icon.append(mark);
      const pair = BOTH.map(() => make("td", "", "count"));
      line.append(icon, words, ...pair);
      body.append(line);
      cells.push({pair, kind, code: look.code});
      requestAnimationFrame(() => sample(mark, look, kind, looks.statuses[0]));
    };
    for (const look of looks.statuses) row(look, "status");
    for (const look of looks.more) row(look, "more");
    for (const look of looks.labels) row(look, "label");
    return frames => {
      const found = frames.map(({codes}) => countAll(codes, looks));
      for (const {pair, kind, code} of cells) {
        BOTH.forEach(world => {
          const words = String(found[world][kind][code]);
          if (pair[world].textContent !== words) pair[world].textContent = words;
        });
      }
    };
  }

  /* How many people have each status, label and more, by their numbers, of `among` (1 for whoever counts; everybody without it). */
  function countAll(codes, looks, among = null) {
    const {status, labelShift, label} = looks.bits;
    const sums = {status: new Array(8).fill(0), label: new Array(4).fill(0)};
    sums.more = Object.fromEntries(looks.more.map(look => [look.code, 0]));
    codes.forEach((code, one) => {
      if (among && !among[one]) return;
      sums.status[code & status]++;
      sums.label[(code >> labelShift) & label]++;
      for (const look of looks.more) if (code & look.code) sums.more[look.code]++;
    });
    return sums;
  }

  /* What the lines between people mean. */
  function tieLegend(list, looks) {
    for (const look of looks.ties) {
      const row = make("li"), mark = make("canvas");
      row.append(mark, make("span", `${look.words}: ${look.means}`));
      list.append(row);
      mark.setAttribute("aria-hidden", "true");
      requestAnimationFrame(() => sample(mark, look, "tie"));
    }
    list.parentElement.addEventListener("toggle", () => redraws.forEach(one => one()));
  }

  /* 1 for whoever is not the same in two frames, in status or label. */
  function different(frames, looks) {
    const alike = looks.bits.status | (looks.bits.label << looks.bits.labelShift), [one, two] = frames.map(({codes}) => codes);
    return Uint8Array.from(one, (code, person) => ((code & alike) === (two[person] & alike) ? 0 : 1));
  }

  /* Which curve belongs to which world. */
  function curveKey(place, names) {
    place.replaceChildren(...BOTH.map(world => {
      const key = make("span");
      key.append(make("span", "", world ? "swatch two" : "swatch one"), names[world]);
      return key;
    }));
  }

  /* The curves of two worlds up to a week.

     recovering, courses: values by week, of either world; own: people with own experience; differences: {values, thin}, the last
     one thick; reach: how far the axis of differences goes to either side. */
  function journeys(looks, {recovering, own, courses, differences, reach, weeks, upto, firstWeek, lastWeek}) {
    const {worlds} = looks, all = recovering.flat(), most = Math.max(...all), least = Math.min(...all);
    const [low, high] = [Math.max(0, Math.floor(least / 10) * 10 - 5), Math.min(own, Math.ceil(most / 10) * 10 + 5)];
    const pair = values => BOTH.map(world => ({values: values[world], look: worlds[world], dashed: world === 1}));
    curves(at("recovering"), looks, {
      series: pair(recovering), weeks, upto, low, high: Math.max(high, low + 5),
      event: {week: firstWeek, words: "the worlds begin to differ"},
    });
    const top = Math.max(1, ...courses.flat().filter(value => value !== null));
    curves(at("outcome"), looks, {
      series: pair(courses), weeks, upto, low: 0, high: top * 1.1, event: {week: lastWeek, words: "judged here"},
    });
    curves(at("difference"), looks, {
      series: differences.map(one => ({...one, look: worlds[1]})), weeks, upto, low: -reach, high: reach, zero: true, height: 150,
    });
  }

  /* What a difference of two courses is, week by week. */
  const differenceOf = ([base, other]) => base.map((value, week) => (value === null ? null : other[week] - value));

  /* Names to choose somebody from, in their order. */
  function chooseFrom(field, names) {
    const options = names.map((name, person) => [name, person]).sort((a, b) => a[0].localeCompare(b[0]));
    field.replaceChildren(new Option("choose somebody", "-1"), ...options.map(([name, one]) => new Option(name, String(one))));
  }

  /* The week of a sentence; the start is before all, and what is told of a whole life stands at its end. */
  function weekOf(line, end) {
    const found = /^Weeks? (\d+)/.exec(line);
    if (found) return Number(found[1]) + 1;
    return line.startsWith("At the start") ? 0 : end;
  }

  /* Both lives of a story, up to the week `upto` of `end`: where they part is marked, and what only one of them holds. */
  function showLives(story, upto, end) {
    const mark = () => make("li", `Here the two lives part, in week ${story.week}`, "parts");
    BOTH.forEach(world => {
      const others = new Set(story.lines[1 - world]), made = [];
      let marked = story.week < 0;
      for (const line of story.lines[world].filter(one => weekOf(one, end) <= upto)) {
        if (!marked && weekOf(line, end) > story.week) {
          marked = true;
          made.push(mark());
        }
        made.push(make("li", line, marked && !others.has(line) ? "own" : ""));
      }
      if (!marked && upto > story.week) made.push(mark());
      at(`life-${world}`).replaceChildren(...made);
    });
  }

  /* Keys that play, where no button or field is chosen; `ready` says whether there is something to play. */
  function listenToKeys(ready) {
    document.addEventListener("keydown", event => {
      if (event.target !== document.body || event.ctrlKey || event.metaKey || event.altKey || !ready()) return;
      const press = {" ": "play", ArrowLeft: "back", ArrowRight: "step", Home: "reset"}[event.key];
      if (!press) return;
      event.preventDefault();
      at(press).click();
    });
  }

  return {
    at, text, make, figure, signed, countAll, countRows, tieLegend, different, curveKey, journeys, differenceOf, chooseFrom, weekOf,
    showLives, listenToKeys,
  };
})();
window.RecoveryPage = RecoveryPage;
