/* A world on a canvas, and curves that grow week by week. Plain JavaScript: it asks for nothing and stores nothing.

   const picture = new RecoveryStage.Picture(canvas, stage, looks, {onpick: person => ...});
   picture.show({week, codes, ties});          one number a person; ties one after the other: one, other, kind
   picture.show(frame, {marks, selected});     marks: 1 for each person to be set off from the others
   RecoveryStage.curves(canvas, looks, {...});

   `stage`, `looks` and a frame are what analysis/classroom/frames.py and looks.py give. */
"use strict";

const RecoveryStage = (() => {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  let printing = false;
  const redraws = new Set();
  const redrawAll = () => redraws.forEach(one => one());
  dark.addEventListener("change", redrawAll);
  window.addEventListener("beforeprint", () => { printing = true; redrawAll(); });
  window.addEventListener("afterprint", () => { printing = false; redrawAll(); });
  window.matchMedia("print").addEventListener("change", found => { printing = found.matches; redrawAll(); });

  const isDark = () => dark.matches && !printing;
  const colour = look => (isDark() ? look.dark : look.light);
  const ink = () => (isDark() ? "#e4e8ec" : "#1d2733");
  const soft = () => (isDark() ? "#a3adb7" : "#5b6773");
  const line = () => (isDark() ? "#39424b" : "#dfe4e8");
  const paper = () => (isDark() ? "#1d2329" : "#ffffff");
  const faint = () => (isDark() ? "#7f8a95" : "#8a949e");
  const halo = () => (isDark() ? "#6a5a12" : "#ffe680");
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

  /* How large the page's letters are against usual ones: pictures grow with them, as on a projector. */
  const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;

  /* Gives a canvas as many dots as its place on the page has, and a context that counts in the page's own pixels. */
  function fit(canvas, height) {
    const width = Math.max(1, canvas.clientWidth);
    const ratio = Math.min(printing ? 2 : window.devicePixelRatio || 1, 2);
    const deep = Math.round(typeof height === "function" ? height(width) : height);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(deep * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(deep * ratio);
      canvas.style.height = deep + "px";
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, deep);
    return {pen, width, height: deep};
  }

  /* Adds the outline of one person to the path. */
  function trace(pen, shape, x, y, r) {
    if (shape === "square" || shape === "bars") {
      const half = r * 0.86;
      pen.rect(x - half, y - half, 2 * half, 2 * half);
    } else if (shape === "triangle") {
      pen.moveTo(x, y - 1.12 * r);
      pen.lineTo(x + 1.08 * r, y + 0.78 * r);
      pen.lineTo(x - 1.08 * r, y + 0.78 * r);
      pen.closePath();
    } else {
      const round = shape === "dot" ? 0.5 * r : shape === "hollow" ? 0.62 * r : r;
      pen.moveTo(x + round, y);
      pen.arc(x, y, round, 0, 2 * Math.PI);
    }
  }

  /* Adds the bars of somebody in custody, or the stroke through somebody who has died. */
  function traceInside(pen, shape, x, y, r) {
    if (shape === "bars") {
      for (const at of [-0.4, 0, 0.4]) {
        pen.moveTo(x + at * r, y - 0.86 * r);
        pen.lineTo(x + at * r, y + 0.86 * r);
      }
    } else if (shape === "hollow") {
      pen.moveTo(x - 0.44 * r, y + 0.44 * r);
      pen.lineTo(x + 0.44 * r, y - 0.44 * r);
    }
  }

  function drawStatus(pen, look, places, r) {
    pen.beginPath();
    for (const [x, y] of places) trace(pen, look.shape, x, y, r);
    if (look.shape !== "hollow") {
      pen.fillStyle = colour(look);
      pen.fill();
    }
    const small = look.shape === "dot" || look.shape === "hollow";
    pen.lineWidth = small ? 1 : Math.max(0.9, r * 0.11);
    pen.strokeStyle = small ? faint() : ink();
    pen.stroke();
    pen.beginPath();
    for (const [x, y] of places) traceInside(pen, look.shape, x, y, r);
    if (look.shape === "bars") [pen.strokeStyle, pen.lineWidth] = [paper(), Math.max(1, r * 0.2)];
    pen.stroke();
  }

  /* A bright core, on whoever is in personal recovery. */
  function drawCore(pen, look, places, r) {
    pen.beginPath();
    for (const [x, y] of places) {
      pen.moveTo(x + 0.36 * r, y);
      pen.arc(x, y, 0.36 * r, 0, 2 * Math.PI);
    }
    pen.fillStyle = colour(look);
    pen.fill();
  }

  const RINGS = {thick: [1.42, 0.3, []], dashed: [1.42, 0.22, [0.5, 0.35]], thin: [1.3, 0.1, []]};

  function drawLabel(pen, look, places, r) {
    const [round, width, dashes] = RINGS[look.shape];
    pen.beginPath();
    for (const [x, y] of places) {
      pen.moveTo(x + round * r, y);
      pen.arc(x, y, round * r, 0, 2 * Math.PI);
    }
    pen.setLineDash(dashes.map(part => part * r));
    pen.lineWidth = Math.max(1, width * r);
    pen.strokeStyle = colour(look);
    pen.stroke();
    pen.setLineDash([]);
  }

  const TIE_LINES = {kin: [1.3, 0.62], estranged: [1.1, 0.62], friend: [0.8, 0.42], recovery_peer: [0.9, 0.5],
    associate: [0.9, 0.5]};
  const DASHES = {solid: [], dotted: [1.5, 3], dashed: [5, 3]};

  class Picture {
    constructor(canvas, stage, looks, options = {}) {
      Object.assign(this, {canvas, stage, looks, options, frame: null, marks: null, selected: -1, at: -1, drawn: {}});
      canvas.tabIndex = 0;
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-roledescription", "network of people");
      canvas.addEventListener("click", event => this.pick(this.personAt(event.offsetX, event.offsetY)));
      canvas.addEventListener("pointermove", event => this.point(this.personAt(event.offsetX, event.offsetY)));
      canvas.addEventListener("keydown", event => this.key(event));
      canvas.addEventListener("focus", () => { this.draw(); });
      canvas.addEventListener("blur", () => { this.draw(); });
      this.redraw = () => this.draw();
      redraws.add(this.redraw);
      if (window.ResizeObserver) {
        this.watch = new ResizeObserver(this.redraw);
        this.watch.observe(canvas.parentElement);
      }
    }

    /* Lets go of what watches for changes of size and of colours. */
    close() {
      redraws.delete(this.redraw);
      if (this.watch) this.watch.disconnect();
    }

    /* Other people on the same canvas, as after new luck. */
    set(stage) {
      Object.assign(this, {stage, frame: null, marks: null, selected: -1, at: -1});
    }

    show(frame, {marks = null, selected = this.selected} = {}) {
      Object.assign(this, {frame, marks, selected});
      this.draw();
    }

    get unit() {
      return this.canvas.clientWidth / this.stage.across;
    }

    /* Where everybody is drawn, in the page's own pixels; worked out anew where the canvas has another width. */
    places() {
      const {unit, stage} = this;
      if (this.drawn.unit !== unit || this.drawn.stage !== stage) {
        this.drawn = {unit, stage, places: stage.x.map((x, one) => [x * unit, stage.y[one] * unit])};
      }
      return this.drawn.places;
    }

    personAt(x, y) {
      let best = -1, near = (0.62 * this.unit) ** 2;
      this.places().forEach(([px, py], one) => {
        const far = (px - x) ** 2 + (py - y) ** 2;
        if (far < near) [best, near] = [one, far];
      });
      return best;
    }

    pick(person) {
      if (person < 0) return;
      this.at = person;
      if (this.options.onpick) this.options.onpick(person);
    }

    point(person) {
      this.canvas.style.cursor = person < 0 ? "default" : "pointer";
      this.canvas.title = person < 0 || !this.frame ? "" : this.told(person);
    }

    told(person) {
      return `${this.stage.names[person]}: ${describe(this.frame.codes[person], this.looks)}`;
    }

    /* Arrows go to the nearest person on that side; Enter and space pick. */
    key(event) {
      const step = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key];
      if (step) {
        this.at = this.at < 0 ? 0 : this.beside(this.at, step);
      } else if (event.key === "Home") {
        this.at = 0;
      } else if (event.key === "End") {
        this.at = this.stage.x.length - 1;
      } else if (event.key === "Enter" || event.key === " ") {
        this.pick(Math.max(0, this.at));
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      this.draw();
      if (this.options.onmove && this.frame) this.options.onmove(this.at, this.told(this.at));
    }

    beside(person, [right, down]) {
      const {x, y} = this.stage;
      let best = person, near = Infinity;
      for (let one = 0; one < x.length; one++) {
        const along = (x[one] - x[person]) * right + (y[one] - y[person]) * down;
        const aside = Math.abs((x[one] - x[person]) * down) + Math.abs((y[one] - y[person]) * right);
        if (along > 0.05 && along + 2.5 * aside < near) [best, near] = [one, along + 2.5 * aside];
      }
      return best;
    }

    draw() {
      if (!this.frame || !this.canvas.clientWidth) return;
      const {pen} = fit(this.canvas, width => width * this.stage.down / this.stage.across);
      const r = 0.31 * this.unit;
      const places = this.places();
      this.drawMarks(pen, places, r);
      this.drawTies(pen, places);
      const byStatus = new Map(), byLabel = new Map();
      const {status, labelShift, label} = this.looks.bits;
      const put = (groups, key, place) => (groups.has(key) ? groups.get(key).push(place) : groups.set(key, [place]));
      this.frame.codes.forEach((code, one) => {
        put(byStatus, code & status, places[one]);
        const ring = (code >> labelShift) & label;
        if (ring) put(byLabel, ring, places[one]);
      });
      for (const look of this.looks.labels) drawLabel(pen, look, byLabel.get(look.code) || [], r);
      for (const look of this.looks.statuses) drawStatus(pen, look, byStatus.get(look.code) || [], r);
      for (const look of this.looks.more) {
        drawCore(pen, look, places.filter((_, one) => this.frame.codes[one] & look.code), r);
      }
      this.drawChosen(pen, places, r);
    }

    drawMarks(pen, places, r) {
      if (!this.marks) return;
      pen.beginPath();
      this.marks.forEach((marked, one) => {
        if (!marked) return;
        const [x, y] = places[one];
        pen.moveTo(x + 1.72 * r, y);
        pen.arc(x, y, 1.72 * r, 0, 2 * Math.PI);
      });
      pen.fillStyle = halo();
      pen.fill();
    }

    drawTies(pen, places) {
      const {ties} = this.frame;
      const pale = this.selected < 0 ? 1 : 0.4;
      for (const look of this.looks.ties) {
        const [width, strong] = TIE_LINES[look.key];
        const own = [];
        pen.beginPath();
        for (let at = 0; at < ties.length; at += 3) {
          if (ties[at + 2] !== look.code) continue;
          const one = ties[at], other = ties[at + 1];
          if (one === this.selected || other === this.selected) own.push([one, other]);
          pen.moveTo(places[one][0], places[one][1]);
          pen.lineTo(places[other][0], places[other][1]);
        }
        pen.strokeStyle = colour(look);
        pen.setLineDash(DASHES[look.shape]);
        pen.globalAlpha = strong * pale * 0.55;
        pen.lineWidth = width;
        pen.stroke();
        pen.beginPath();
        for (const [one, other] of own) {
          pen.moveTo(places[one][0], places[one][1]);
          pen.lineTo(places[other][0], places[other][1]);
        }
        pen.globalAlpha = 1;
        pen.lineWidth = 2.4;
        pen.stroke();
        pen.setLineDash([]);
      }
    }

    drawChosen(pen, places, r) {
      if (this.selected >= 0) {
        this.ring(pen, places[this.selected], 1.85 * r, 2.5, []);
        this.label(pen, this.stage.names[this.selected], places[this.selected], r);
      }
      if (this.at >= 0 && this.at !== this.selected && document.activeElement === this.canvas) {
        this.ring(pen, places[this.at], 1.85 * r, 2, [4, 3]);
        this.label(pen, this.stage.names[this.at], places[this.at], r);
      }
    }

    ring(pen, [x, y], round, width, dashes) {
      pen.beginPath();
      pen.arc(x, y, round, 0, 2 * Math.PI);
      pen.setLineDash(dashes);
      pen.lineWidth = width;
      pen.strokeStyle = ink();
      pen.stroke();
      pen.setLineDash([]);
    }

    label(pen, text, [x, y], r) {
      const k = scale();
      pen.font = `600 ${14 * k}px ${FONT}`;
      const wide = pen.measureText(text).width + 12 * k;
      const left = Math.min(Math.max(2, x - wide / 2), this.canvas.clientWidth - wide - 2);
      const top = y - 1.85 * r - 24 * k < 0 ? y + 1.85 * r + 3 : y - 1.85 * r - 24 * k;
      pen.fillStyle = ink();
      pen.beginPath();
      pen.rect(left, top, wide, 21 * k);
      pen.fill();
      pen.fillStyle = paper();
      pen.textBaseline = "middle";
      pen.textAlign = "left";
      pen.fillText(text, left + 6 * k, top + 11 * k);
    }
  }

  /* How somebody is, in words. */
  function describe(code, looks) {
    const found = [looks.statuses.find(look => look.code === (code & looks.bits.status)).words];
    const label = looks.labels.find(look => look.code === ((code >> looks.bits.labelShift) & looks.bits.label));
    if (label) found.push(label.words);
    for (const look of looks.more) if (code & look.code) found.push(look.words);
    if (code & looks.bits.homeless) found.push("homeless");
    return found.join(", ");
  }

  /* How many of `among` (1 for each person who counts; everybody without it) have each status, by its number. */
  function countStatuses(codes, looks, among = null) {
    const counts = new Array(looks.bits.status + 1).fill(0);
    codes.forEach((code, one) => { if (!among || among[one]) counts[code & looks.bits.status]++; });
    return counts;
  }

  /* A small picture for a legend; kind: "status", "label", "tie" or "more", which is drawn on the status `base`. */
  function sample(canvas, look, kind, base = null) {
    const draw = () => {
      const {pen, width} = fit(canvas, 26);
      const x = width / 2, y = 13;
      if (kind === "tie") {
        pen.beginPath();
        pen.moveTo(2, y);
        pen.lineTo(width - 2, y);
        pen.strokeStyle = colour(look);
        pen.setLineDash(DASHES[look.shape]);
        pen.lineWidth = 2;
        pen.stroke();
        pen.setLineDash([]);
      } else if (kind === "label") {
        drawLabel(pen, look, [[x, y]], 7);
      } else if (kind === "more") {
        drawStatus(pen, base, [[x, y]], 8);
        drawCore(pen, look, [[x, y]], 8);
      } else {
        drawStatus(pen, look, [[x, y]], 8);
      }
    };
    redraws.add(draw);
    draw();
  }

  /* A rounded step between ticks, so that there are about `parts` of them. */
  function tick(range, parts) {
    const rough = range / parts, base = 10 ** Math.floor(Math.log10(rough));
    return base * [1, 2, 5, 10].find(factor => base * factor >= rough);
  }

  /* Lines against weeks, drawn up to the week `upto`.

     series: [{values, look, dashed, thin}], the value of week w at values[w], null where there is none; a thin line is drawn to
     its end, whatever `upto`; low, high: ends of the axis; zero: whether a line marks 0; height in pixels; event: {week, words}. */
  function curves(canvas, looks, {series, weeks, upto, low, high, zero = false, height = 190, event = null}) {
    if (!canvas.clientWidth) return;
    const k = scale(), deep = Math.round(height * k), {pen, width} = fit(canvas, deep);
    const left = 40 * k, right = 12 * k, top = (event ? 20 : 8) * k, foot = 24 * k;
    const x = week => left + (width - left - right) * week / weeks;
    const y = value => top + (deep - top - foot) * (1 - (value - low) / (high - low));
    pen.font = `${12 * k}px ${FONT}`;
    pen.fillStyle = soft();
    pen.lineWidth = 1;
    pen.textBaseline = "middle";
    const step = tick(high - low, 4);
    for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) {
      pen.strokeStyle = zero && Math.abs(value) < 1e-9 ? soft() : line();
      pen.beginPath();
      pen.moveTo(left, y(value));
      pen.lineTo(width - right, y(value));
      pen.stroke();
      pen.textAlign = "right";
      pen.fillText(String(Math.round(value * 100) / 100), left - 6 * k, y(value));
    }
    pen.textAlign = "center";
    const every = weeks <= 156 ? 26 : 52 * Math.ceil(weeks / 520);
    for (let week = 0; week <= weeks; week += every) pen.fillText(String(week), x(week), deep - foot + 13 * k);
    if (event) mark(pen, x(event.week), top, deep - foot, event.words, width);
    for (const one of series) trail(pen, one, x, y, upto);
    pen.strokeStyle = ink();
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(x(upto), top);
    pen.lineTo(x(upto), deep - foot);
    pen.globalAlpha = 0.45;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  function mark(pen, at, top, foot, words, width) {
    pen.strokeStyle = soft();
    pen.setLineDash([2, 3]);
    pen.beginPath();
    pen.moveTo(at, top - 4);
    pen.lineTo(at, foot);
    pen.stroke();
    pen.setLineDash([]);
    pen.textAlign = at + pen.measureText(words).width + 8 > width ? "right" : "left";
    pen.fillText(words, at + (pen.textAlign === "left" ? 4 : -4), top / 2);
  }

  function trail(pen, {values, look, dashed, thin}, x, y, upto) {
    pen.beginPath();
    let begun = false, last = null;
    for (let week = 0; week <= Math.min(thin ? Infinity : upto, values.length - 1); week++) {
      if (values[week] === null) continue;
      if (begun) pen.lineTo(x(week), y(values[week])); else pen.moveTo(x(week), y(values[week]));
      [begun, last] = [true, week];
    }
    pen.strokeStyle = colour(look);
    pen.lineWidth = thin ? 1 : 2.6;
    pen.globalAlpha = thin ? 0.6 : 1;
    pen.setLineDash(dashed ? [7, 4] : []);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    if (last === null || thin) return;
    pen.beginPath();
    pen.arc(x(last), y(values[last]), 4, 0, 2 * Math.PI);
    pen.fillStyle = colour(look);
    pen.fill();
  }

  /* Values as points on one line, each with a number beside it; those not yet shown are left out. */
  function strip(canvas, looks, {values, words, current, low, high, look}) {
    if (!canvas.clientWidth) return;
    const k = scale(), height = Math.round(96 * k), {pen, width} = fit(canvas, height);
    const left = 24 * k, right = 24 * k;
    const x = value => left + (width - left - right) * (value - low) / (high - low);
    pen.font = `${12 * k}px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const step = tick(high - low, 6);
    for (let value = Math.ceil(low / step) * step; value <= high + 1e-9; value += step) {
      const isZero = Math.abs(value) < 1e-9;
      pen.strokeStyle = isZero ? ink() : line();
      pen.lineWidth = isZero ? 1.5 : 1;
      pen.beginPath();
      pen.moveTo(x(value), 8 * k);
      pen.lineTo(x(value), height - 26 * k);
      pen.stroke();
      pen.fillStyle = soft();
      pen.fillText(String(Math.round(value * 100) / 100), x(value), height - 14 * k);
    }
    pen.fillStyle = soft();
    pen.textAlign = "left";
    pen.fillText("◂ fewer", 2, 8 * k);
    pen.textAlign = "right";
    pen.fillText("more ▸", width - 2, 8 * k);
    pen.textAlign = "center";
    values.forEach((value, one) => {
      if (value === null) return;
      pen.beginPath();
      pen.arc(x(value), (18 + (one % 3) * 18) * k, (one === current ? 9 : 8) * k, 0, 2 * Math.PI);
      pen.fillStyle = one === current ? colour(look) : paper();
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = colour(look);
      pen.stroke();
      pen.fillStyle = one === current ? paper() : ink();
      pen.fillText(words[one], x(value), (18.5 + (one % 3) * 18) * k);
    });
  }

  return {Picture, curves, strip, sample, describe, countStatuses, colour, redraws};
})();
window.RecoveryStage = RecoveryStage;
