/* The lesson: two recorded worlds played side by side. All data stand in the page; nothing is asked for and nothing is kept. */
"use strict";

(() => {
  const {Picture, strip, describe, countStatuses, redraws} = window.RecoveryStage;
  const {at, text, make, figure, signed, countRows, tieLegend, different, curveKey, journeys, differenceOf, chooseFrom, weekOf,
    showLives, listenToKeys} = window.RecoveryPage;
  const data = JSON.parse(document.getElementById("data").textContent);
  const {looks, names, outcome} = data;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const CALM_WEEKS = 4, CALM_PAUSE = 1000, TOLD_EVERY = 26;
  const BOTH = [0, 1];
  const IN_RECOVERY = looks.statuses.find(look => look.key === "recovering").code;
  const now = {luck: 0, week: 0, playing: false, guess: null, open: false, revealed: false, person: -1};
  const seen = new Set();
  let lived = null, before = 0, owed = 0, timer = 0;

  /* Numbers of seven bits a byte, as analysis/classroom/compact.py packs them. */
  class Reader {
    constructor(text) {
      const raw = atob(text);
      this.bytes = Uint8Array.from(raw, sign => sign.charCodeAt(0));
      this.at = 0;
    }

    next() {
      let number = 0, factor = 1, byte;
      do {
        byte = this.bytes[this.at++];
        number += (byte & 127) * factor;
        factor *= 128;
      } while (byte > 127);
      return number;
    }

    /* The next sentence: pieces of text, and between them whole numbers (0) or hundredths (1). */
    sentence() {
      return data.forms[this.next()].map(piece => {
        if (typeof piece === "string") return piece;
        return piece === 0 ? String(this.next()) : (this.next() / 100).toFixed(2);
      }).join("");
    }

    lines() {
      return Array.from({length: this.next()}, () => this.sentence());
    }
  }

  /* Everybody in every week: week w of person p stands at w * people + p. */
  function codesOf(text) {
    const read = new Reader(text), {people, weeks} = data;
    const found = new Uint8Array(people * (weeks + 1));
    for (let person = 0; person < people; person++) {
      let week = 0;
      for (let runs = read.next(); runs > 0; runs--) {
        const code = read.next();
        for (let more = read.next(); more > 0; more--) found[week++ * people + person] = code;
      }
    }
    return found;
  }

  function tiesOf(text) {
    const read = new Reader(text), found = [];
    let one = 0;
    for (let left = read.next(); left > 0; left--) {
      one += read.next();
      const other = read.next(), kind = read.next(), first = read.next();
      found.push([one, other, kind, first, first + read.next()]);
    }
    return found;
  }

  function openLuck(number) {
    const luck = data.lucks[number];
    const own = luck.stage.own, codes = luck.codes.map(codesOf), {people, weeks} = data;
    const inRecovery = codes.map(world => Array.from({length: weeks + 1}, (_, week) =>
      countStatuses(world.subarray(week * people, (week + 1) * people), looks, own)[IN_RECOVERY]));
    return {luck, codes, ties: luck.ties.map(tiesOf), recovering: inRecovery, stories: null};
  }

  function frameAt(world, week) {
    const {people} = data, ties = [];
    for (const [one, other, kind, first, until] of lived.ties[world]) {
      if (first <= week && week < until) ties.push(one, other, kind);
    }
    return {week, codes: lived.codes[world].subarray(week * people, (week + 1) * people), ties};
  }

  function storiesOf(person) {
    if (!lived.stories) {
      const lines = lived.luck.lines.map(text => new Reader(text)), partings = new Reader(lived.luck.partings);
      lived.stories = Array.from({length: data.people}, () => ({
        lines: lines.map(read => read.lines()), week: partings.next() - 1, parting: partings.lines(),
      }));
    }
    return lived.stories[person];
  }

  // What stands on the page

  const weekWords = week => `Week ${week} of ${data.weeks}`;
  const counted = () => lived.luck.who.reduce((sum, one) => sum + one, 0);
  const peopleOf = share => Math.round(share * counted() / 100);
  const effectOf = luck => luck.courses[1][data.lastWeek] - luck.courses[0][data.lastWeek];

  const pictures = BOTH.map(world => new Picture(at(`world-${world}`), data.lucks[0].stage, looks, {
    onpick: person => choose(person, true),
    onmove: (_, told) => text("told", told),
  }));
  const showCounts = countRows(at("counts"), looks);

  function buildOnce() {
    for (const number of [0, 2, 4, 6]) BOTH.forEach(world => text(`head-${number + world}`, names[world]));
    BOTH.forEach(world => text(`name-${world}`, names[world]));
    at("week").max = data.weeks;
    text("until", String(data.lastWeek));
    tieLegend(at("tie-legend"), looks);
    curveKey(at("key"), names);
    text("outcome-title", outcome.counts
      ? `Of every 100 ${outcome.whom}, how many ${outcome.phrase}` : `${outcome.phrase}: ${outcome.unit}`);
    redraws.add(drawCurves);
    redraws.add(drawStrip);
    if (window.ResizeObserver) new ResizeObserver(() => { drawCurves(); drawStrip(); }).observe(at("journeys").parentElement);
  }

  const shares = world => lived.recovering[world];
  const ownPeople = () => lived.luck.stage.own.reduce((sum, one) => sum + one, 0);

  function courseWords(world) {
    const value = lived.luck.courses[world][Math.min(Math.max(now.week, data.firstWeek), data.lastWeek)];
    if (value === null) return "";
    if (!outcome.counts) return `${outcome.phrase}: ${figure(value)} (${outcome.unit})`;
    return `Of ${counted()} ${outcome.whom}, ${peopleOf(value)} ${outcome.phrase} by this week.`;
  }

  /* One week on the page: what is drawn each time while the worlds are played. */
  function show() {
    const frames = BOTH.map(world => frameAt(world, now.week));
    const marks = at("mark").checked ? different(frames, looks) : null;
    // Drawn first, since the page must be laid out anew to be drawn on once a text has changed.
    pictures.forEach((picture, world) => picture.show(frames[world], {marks, selected: now.person}));
    drawCurves();
    text("when", `${weekWords(now.week)} (year ${Math.min(Math.floor(now.week / 52) + 1, Math.ceil(data.weeks / 52))})`);
    text("week-words", weekWords(now.week));
    at("week").value = now.week;
    at("week").setAttribute("aria-valuetext", weekWords(now.week));
    BOTH.forEach(world => text(`tally-${world}`,
      `${shares(world)[now.week]} of ${ownPeople()} with own experience in recovery. ${courseWords(world)}`));
    BOTH.forEach(world => at(`world-${world}`).setAttribute("aria-label", `${names[world]}, week ${now.week}: ` +
      `${shares(world)[now.week]} of ${ownPeople()} in recovery. Arrow keys go from person to person, Enter reads their lives.`));
    showCounts(frames);
    if (now.person >= 0) showLife();
    if (at("everybody").open && !now.playing) showTable(frames);
    if (now.week >= data.lastWeek && now.open) finish();
  }

  function drawCurves() {
    if (!lived) return;
    const own = ownPeople(), {courses} = lived.luck;
    const others = differences.filter((_, number) => seen.has(number) && number !== now.luck);
    journeys(looks, {
      recovering: BOTH.map(shares), own, courses, reach: furthest, weeks: data.weeks, upto: now.week, firstWeek: data.firstWeek,
      lastWeek: data.lastWeek,
      // The effect of this luck as it grows, thick; of other lucks that have been seen, thin.
      differences: [...others.map(values => ({values, thin: true})), {values: differences[now.luck]}],
    });
    const week = Math.min(Math.max(now.week, data.firstWeek), data.lastWeek), pair = courses.map(course => course[week]);
    const told = pair[0] === null ? "Not counted yet." :
      `${names[0]}: ${figure(pair[0])}. ${names[1]}: ${figure(pair[1])}. Difference: ${signed(pair[1] - pair[0])}.`;
    text("outcome-words", `${told} ${outcome.counts ? "" : outcome.unit}`);
    at("outcome").setAttribute("aria-label", `${at("outcome-title").textContent}, up to week ${now.week}. ${told}`);
    at("difference").setAttribute("aria-label", `The difference, ${names[1]} less ${names[0]}, up to week ${now.week}. ${told}`);
    at("recovering").setAttribute("aria-label", BOTH.map(
      world => `${names[world]}: ${shares(world)[now.week]} of ${own} in recovery`).join(". ") + `, week ${now.week}.`);
  }

  const differences = data.lucks.map(luck => differenceOf(luck.courses));
  const furthest = Math.max(1, ...differences.flat().map(value => Math.abs(value ?? 0))) * 1.1;

  function summary() {
    const parts = BOTH.map(world => `${names[world]}: ${shares(world)[now.week]} of ${ownPeople()} in recovery. ` +
      courseWords(world));
    return `${weekWords(now.week)}. ${parts.join(" ")}`;
  }

  const tell = () => text("told", summary());

  // Guess and reveal

  function begin(guess) {
    now.guess = guess;
    now.open = true;
    const because = at("because").value.trim();
    text("kept", guess === null ? "No guess. The worlds are ready: press Play."
      : `Your guess: ${guessWords(guess)}${because ? `, because ${because}` : ""}. Now press Play.`);
    for (const id of ["play", "back", "step", "reset", "again", "new-luck", "week", "reveal"]) at(id).disabled = false;
    at("new-luck").disabled = data.lucks.length < 2;
    at("keep").disabled = at("skip-guess").disabled = true;
    for (const one of document.querySelectorAll("#guess input")) one.disabled = true;
    at("worlds").scrollIntoView({behavior: calm.matches ? "auto" : "smooth", block: "start"});
    at("play").focus({preventScroll: true});
  }

  const guessWords = guess => ({fewer: "fewer", same: "about as many", more: "more"})[guess];

  function finish() {
    const first = !seen.has(now.luck) || !now.revealed;
    seen.add(now.luck);
    if (!first) return;
    now.revealed = true;
    at("not-yet").hidden = true;
    at("revealed").hidden = at("to-answer").hidden = false;
    showAnswer();
  }

  function difference(value, people) {
    if (value === 0) return "exactly as many";
    const amount = people === undefined ? figure(Math.abs(value)) : String(people);
    return `${amount} ${value < 0 ? "fewer" : "more"}`;
  }

  function showAnswer() {
    drawCurves();
    const because = at("because").value.trim();
    text("guessed", now.guess === null ? "" : `You guessed: ${guessWords(now.guess)}${because ? `, because ${because}` : ""}.`);
    const [one, two] = lived.luck.courses.map(course => course[data.lastWeek]);
    text("sentence", outcome.counts
      ? `With this luck, of ${counted()} ${outcome.whom}, ${peopleOf(one)} ${outcome.phrase} in “${names[0]}” and ` +
        `${peopleOf(two)} in “${names[1]}”: ${difference(two - one, Math.abs(peopleOf(two) - peopleOf(one)))}.`
      : `With this luck, ${outcome.phrase}: ${figure(one)} in “${names[0]}” and ${figure(two)} in “${names[1]}” ` +
        `(${outcome.unit}).`);
    showLucks();
    drawStrip();
  }

  function showLucks() {
    const rows = at("lucks"), effects = [...seen].sort((a, b) => a - b).map(one => effectOf(data.lucks[one]));
    rows.replaceChildren();
    data.lucks.forEach((luck, number) => {
      const row = make("tr");
      row.append(make("td", String(number + 1)));
      if (seen.has(number)) {
        for (const course of luck.courses) row.append(make("td", figure(course[data.lastWeek])));
        row.append(make("td", signed(effectOf(luck))));
      } else {
        row.append(make("td", "not seen yet"), make("td", ""), make("td", ""));
      }
      rows.append(row);
    });
    const below = effects.filter(one => one < 0).length, above = effects.filter(one => one > 0).length;
    const mean = effects.reduce((sum, one) => sum + one, 0) / effects.length;
    const unit = outcome.unit;
    const many = effects.length === 1 ? "One luck seen so far: it cannot tell an effect from noise. Press New luck."
      : `${effects.length} lucks seen: fewer in ${below}, more in ${above}` +
        `${effects.length - below - above ? `, the same in ${effects.length - below - above}` : ""}. ` +
        `From ${signed(Math.min(...effects))} to ${signed(Math.max(...effects))}, on average ${signed(mean)} (${unit}).`;
    text("spread", many);
    at("all-lucks").hidden = seen.size === data.lucks.length;
  }

  function drawStrip() {
    if (!now.revealed) return;
    const all = data.lucks.map(effectOf), reach = Math.max(1, ...all.map(Math.abs)) * 1.15;
    const values = all.map((value, number) => (seen.has(number) ? value : null));
    strip(at("strip"), looks, {values, words: all.map((_, number) => String(number + 1)), current: now.luck, low: -reach,
      high: reach, look: looks.worlds[1]});
    at("strip").setAttribute("aria-label", `The difference (${outcome.unit}) with each luck. ${at("spread").textContent}`);
  }

  // Playing

  function go(week, told = true) {
    now.week = Math.min(Math.max(week, 0), data.weeks);
    show();
    if (told) tell();
  }

  function play() {
    if (!now.open || now.playing) return;
    if (now.week >= data.weeks) now.week = 0;
    now.playing = true;
    text("play", "Pause");
    owed = 0;
    before = performance.now();
    if (calm.matches) timer = setInterval(() => advance(CALM_WEEKS), CALM_PAUSE);
    else timer = requestAnimationFrame(tick);
  }

  function pause() {
    if (!now.playing) return;
    now.playing = false;
    clearInterval(timer);
    cancelAnimationFrame(timer);
    text("play", "Play");
    tell();
    if (at("everybody").open) show();
  }

  function tick(time) {
    if (!now.playing) return;
    owed += Math.min(0.25, Math.max(0, time - before) / 1000) * Number(at("speed").value);
    before = time;
    const weeks = Math.floor(owed);
    owed -= weeks;
    if (weeks > 0) advance(weeks);
    if (now.playing) timer = requestAnimationFrame(tick);
  }

  function advance(weeks) {
    const reached = Math.min(now.week + weeks, data.weeks);
    // The first time, the worlds stop at the week of the answer, so that it can be held against the guess.
    const stops = !now.revealed && now.week < data.lastWeek && reached >= data.lastWeek;
    const next = stops ? data.lastWeek : reached;
    const told = Math.floor(next / TOLD_EVERY) > Math.floor(now.week / TOLD_EVERY);
    go(next, told);
    if (stops || now.week >= data.weeks) pause();
  }

  function useLuck(number) {
    now.luck = number;
    lived = openLuck(number);
    pictures.forEach(picture => picture.set(lived.luck.stage));
    now.person = -1;
    at("life").hidden = true;
    now.week = 0;
    text("which-luck", `Luck ${number + 1} of ${data.lucks.length}`);
    chooseFrom(at("who"), lived.luck.stage.names);
    if (now.revealed) showAnswer();
    show();
  }

  function again() {
    const playing = now.playing;
    pause();
    now.week = 0;
    show();
    text("told", "The same luck again: everything happens as it did before.");
    text("which-luck", `Luck ${now.luck + 1} of ${data.lucks.length}, again: everything happens as it did`);
    if (playing || !calm.matches) play();
  }

  function newLuck() {
    const playing = now.playing;
    pause();
    useLuck((now.luck + 1) % data.lucks.length);
    text("told", `Luck ${now.luck + 1} of ${data.lucks.length}: other people of the same kind, and other chances.`);
    if (playing) play();
  }

  // A person

  function choose(person, scroll) {
    now.person = person;
    at("who").value = String(person);
    at("life").hidden = person < 0;
    show();
    if (person < 0) return;
    text("told", `${lived.luck.stage.names[person]}. ${at("parted").textContent}`);
    if (!scroll) return;
    at("person").scrollIntoView({behavior: calm.matches ? "auto" : "smooth", block: "start"});
    at("person-title").focus({preventScroll: true});
  }

  let told = "";

  function showLife() {
    const person = now.person, story = storiesOf(person), whole = at("whole").checked;
    const key = `${now.luck} ${person} ${whole} ${whole ? "" : story.lines.map(lines => lines.filter(
      line => weekOf(line, data.weeks) <= now.week).length).join(" ")} ${now.week >= story.week}`;
    const {names: called, ages} = lived.luck.stage;
    const status = BOTH.map(world => `${names[world]}: ${describe(lived.codes[world][now.week * data.people + person], looks)}`);
    text("name", `${called[person]}, ${ages[person]}. ${weekWords(now.week)}: ${status.join("; ")}.`);
    if (key === told) return;
    told = key;
    const parted = story.week >= 0 && (whole || now.week > story.week);
    text("parted", story.week < 0 ? "The two lives are the same, event for event."
      : parted ? `The two lives part in week ${story.week}.` : "The two lives are the same so far.");
    showLives(story, whole ? Infinity : now.week, data.weeks);
    at("why").hidden = !(whole || parted || story.week < 0);
    at("parting").replaceChildren(...story.parting.map(line => make("li", line)));
  }

  function nextParted() {
    const {people} = data, {own} = lived.luck.stage;
    const after = Array.from({length: people}, (_, more) => (Math.max(now.person, -1) + 1 + more) % people);
    const parting = after.filter(one => storiesOf(one).week >= 0);
    // Those whom the lesson is about come first; where none of them differs, anybody.
    const next = parting.find(one => own[one]) ?? parting[0];
    if (next === undefined) return text("told", "Nobody's two lives part with this luck.");
    return choose(next, false);
  }

  function showTable(frames) {
    const {names: called, ages} = lived.luck.stage;
    at("rows").replaceChildren(...called.map((name, person) => {
      const told = frames.map(({codes}) => describe(codes[person], looks));
      const row = make("tr", undefined, told[0] === told[1] ? "" : "differs"), first = make("td"), button = make("button", name);
      button.type = "button";
      button.addEventListener("click", () => choose(person, true));
      first.append(button);
      row.append(first, make("td", String(ages[person])), ...told.map(words => make("td", words)));
      return row;
    }));
  }

  // What a hand does

  at("guess").addEventListener("submit", event => {
    event.preventDefault();
    const chosen = document.querySelector("#guess input[name=guess]:checked");
    if (!chosen) return text("kept", "Choose one of the three, or watch without a guess.");
    return begin(chosen.value);
  });
  const presses = {
    "skip-guess": () => begin(null), play: () => (now.playing ? pause() : play()), again, "new-luck": newLuck,
    back: () => { pause(); go(now.week - 1); }, step: () => { pause(); go(now.week + 1); },
    reset: () => { pause(); go(0); }, "next-parted": nextParted,
    "to-worlds": () => at("worlds").scrollIntoView({behavior: calm.matches ? "auto" : "smooth", block: "start"}),
    reveal: () => { pause(); go(data.lastWeek); at("answer").scrollIntoView({block: "start"}); },
    "all-lucks": () => { data.lucks.forEach((_, number) => seen.add(number)); showAnswer(); },
  };
  for (const [id, press] of Object.entries(presses)) at(id).addEventListener("click", press);
  at("week").addEventListener("input", () => { pause(); go(Number(at("week").value)); });
  at("mark").addEventListener("change", show);
  at("whole").addEventListener("change", show);
  at("who").addEventListener("change", () => choose(Number(at("who").value), false));
  at("everybody").addEventListener("toggle", () => { if (at("everybody").open) show(); });
  listenToKeys(() => now.open);
  document.addEventListener("visibilitychange", () => { if (document.hidden) pause(); });

  buildOnce();
  useLuck(data.person ? data.person.luck : 0);
  if (data.person) choose(data.person.person, false);
  window.RecoveryLesson = {now, go, data, frame: frameAt};
})();
