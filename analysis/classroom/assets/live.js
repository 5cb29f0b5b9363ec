/* The live page: two worlds that a server lives on, week by week, as they are played. What has been lived is kept here too, so
   that going back, and playing the same luck again, asks for nothing. Every text goes onto the page as text. */
"use strict";

const RecoveryLive = (() => {
  const {Picture, describe, redraws} = window.RecoveryStage;
  const {at, text, make, figure, signed, countAll, countRows, tieLegend, different, curveKey, journeys, differenceOf, chooseFrom,
    showLives, listenToKeys} = window.RecoveryPage;
  const {keep, takeKept, save, savePicture, saveTable} = window.RecoveryKept;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const BOTH = [0, 1];
  const CALM_WEEKS = 4, CALM_PAUSE = 1000, TOLD_EVERY = 26, AHEAD_SECONDS = 0.4, PATIENCE = 8000;
  const KIND_BITS = 3, PERSON_BITS = 10;
  const now = {week: 0, playing: false, person: -1, luck: 1, opening: false};
  let hello = null, looks = null, room = null, lives = null, story = null, pictures = null, settings = null, begun = "";
  let lucks = [];

  // Going on after a reload

  const TOO_SOON = 5000;

  const keepPlace = () => begun && keep({
    begun, lucks, chosen: chosen(), luck: now.luck, week: now.week, person: now.person, playing: now.playing, speed: at("speed").value,
  });

  /* The server has let go of this page: it opens itself anew, but not over and over. */
  function openAnew() {
    if (performance.now() > TOO_SOON && keepPlace()) location.reload();
  }

  /* The same settings and luck are the same worlds: the class goes on in the week where it was. */
  async function goOn(before) {
    adopt(JSON.parse(before.begun));
    at("speed").value = before.speed;
    ({begun, lucks} = before);  // or the lucks seen would be forgotten
    await open(before.luck);
    if (!room) return;
    adopt(before.chosen);
    await go(before.week);
    if (before.person >= 0) choose(before.person, false);
    if (before.playing) play();
  }

  function adopt({off, ...rest}) {
    if (presetOf(rest.preset)) Object.assign(settings, rest, {off: new Set(off)});
    for (const radio of document.getElementsByName("preset")) radio.checked = radio.value === settings.preset;
    for (const box of at("mechanisms").querySelectorAll("input")) box.checked = settings.off.has(box.name);
    showSettings();
  }

  // The wire

  let send = null, asked = 0;
  const waiting = new Map();

  /* Ask the server for something; gives its answer. A connection that was lost may have lost the question too: what is not
     answered in time is told, and asked again, which does no harm: every question says what it wants, not what to change. */
  function ask(what, more = {}) {
    const request = {...more, of: ++asked, do: what};
    return new Promise(resolve => {
      const late = setInterval(() => {
        if (troubles.wire) return;
        trouble("late", "The server has not answered for a while. It may be busy, or gone. This page asks again by itself.");
        send(request);
      }, PATIENCE);
      waiting.set(request.of, {again: () => send(request), found: reply => {
        clearInterval(late);
        trouble("late", "");
        trouble("refused", "");
        resolve(reply);
      }});
      send(request);
    });
  }

  function receive(reply) {
    const one = waiting.get(reply.of);
    if (!one) return;
    waiting.delete(reply.of);
    one.found(reply);
  }

  /* `wire` sends a request; `solara` is the application that holds the connection, and says how it is. */
  function connect(wire, solara) {
    send = wire;
    let cut = false;
    const watch = () => {
      const lost = solara.wasConnected && solara.connectionStatus !== "connected";
      if (cut && !lost && !solara.needsRefresh) waiting.forEach(one => one.again());
      cut = lost;
      at("reload").hidden = !solara.needsRefresh;
      if (solara.needsRefresh) openAnew();
      trouble("wire", solara.needsRefresh
        ? "The server has let go of this page: it was started again, was busy, or this page was away for long. Opened anew, the page " +
          "makes the same worlds again and goes back to its week."
        : lost ? "The connection to the server is lost. It is tried again by itself; weeks that have been lived can still be shown." : "");
    };
    for (const name of ["connectionStatus", "needsRefresh"]) solara.$watch(name, watch);
    ask("hello").then(reply => {
      greet(reply);
      const before = takeKept();
      if (before) goOn(before); else open();
    });
  }

  const troubles = {wire: "", late: "", refused: ""};

  function trouble(kind, words) {
    if (troubles[kind] === words) return;
    troubles[kind] = words;
    const told = Object.values(troubles).filter(Boolean).join("\n");
    at("trouble").hidden = !told;
    text("trouble-words", told);
  }

  const refused = reply => {
    const words = (reply.problems || (reply.gone ? [reply.gone] : [])).join("\n");
    if (words) { pause(); trouble("refused", words); }
    return Boolean(words);
  };

  // What stands on the page

  const weekWords = week => `Week ${week} of ${room.weeks}`;

  // Settings

  const chosen = () => ({
    preset: settings.preset, levers: {...settings.levers}, off: [...settings.off], people: settings.people, years: settings.years,
  });
  const presetOf = name => hello.presets.find(one => one.name === name);

  function greet(reply) {
    hello = reply;
    looks = hello.looks;
    settings = {...hello.first, levers: {}, off: new Set()};
    for (const preset of hello.presets) {
      const label = make("label"), input = make("input");
      Object.assign(input, {type: "radio", name: "preset", value: preset.name, checked: preset.name === settings.preset});
      input.addEventListener("change", () => { settings.preset = preset.name; settings.levers = {}; showSettings(); });
      label.append(input, make("span", preset.label));
      at("presets").append(label);
    }
    for (const lever of hello.levers) {
      at("levers").append(slider(lever.name, lever.label, lever, `${lever.meaning} (unit: ${lever.unit}). ${lever.more}`,
        `Source: ${lever.source}. ${lever.because}`,
        value => { settings.levers[lever.name] = value; showSettings(); }));
    }
    at("size").append(
      slider("people", "People", {low: hello.people[0], high: hello.people[1], step: 10}, "How many live in both worlds.", "",
        value => { settings.people = value; showSettings(); }),
      slider("years", "Years", {low: hello.years[0], high: hello.years[1], step: 1}, "How long they can be watched.", "",
        value => { settings.years = value; showSettings(); }));
    for (const one of hello.mechanisms) {
      const label = make("label"), input = make("input"), words = make("span", one.label);
      Object.assign(input, {type: "checkbox", name: one.name});
      words.append(make("span", `Off: ${one.off}`, "means"));
      input.addEventListener("change", () => { settings.off[input.checked ? "add" : "delete"](one.name); showSettings(); });
      label.append(input, words);
      at("mechanisms").append(label);
    }
    showCounts = countRows(at("counts"), looks);
    listCountable();
    tieLegend(at("tie-legend"), looks);
    showSettings();
  }

  function slider(name, label, {low, high, step}, means, source, onmove) {
    const row = make("div", undefined, "slider"), head = make("div", undefined, "head"), called = make("label", label);
    const input = make("input"), told = make("p", means, "means"), id = `lever-${name}`;
    called.htmlFor = input.id = id;
    Object.assign(input, {type: "range", min: low, max: high, step});
    told.id = `${id}-means`;
    if (source) told.append(make("span", source, "source"), make("span", "", "both"));
    input.setAttribute("aria-describedby", told.id);
    const value = make("output");
    value.id = `${id}-value`;
    value.htmlFor = id;
    head.append(called, value);  // the value stands beside the label: in it, it would be part of the slider's name
    input.addEventListener("input", () => onmove(Number(input.value)));
    row.append(head, input, told);
    return row;
  }

  function leverWords(lever, value) {
    if (Math.abs(value - lever.rest) < 1e-9) return `${lever.atRest}, as it is`;
    if (lever.unit.startsWith("share")) return `${Number((value * 100).toFixed(1))} %${lever.unit.slice("share".length)}`;
    if (lever.unit === "log hazard") return `${Number(value.toFixed(3))}: ${figure(Math.exp(value))} times as likely`;
    return `${Number(value.toFixed(3))} ${lever.unit}`;
  }

  function place(name, value, words, moved = false) {
    const input = at(`lever-${name}`), shown = at(`lever-${name}-value`);
    input.value = value;
    input.setAttribute("aria-valuetext", words);
    shown.textContent = words;
    shown.className = moved ? "moved" : "";
  }

  function showSettings() {
    const preset = presetOf(settings.preset);
    text("about", preset.about);
    for (const lever of hello.levers) {
      const value = settings.levers[lever.name] ?? preset.settings[lever.name];
      at(`lever-${lever.name}-means`).lastChild.textContent = preset.both.includes(lever.name)
        ? "In this pair of worlds it is the same in both: moving it changes both." : "";
      place(lever.name, value, leverWords(lever, value), Math.abs(value - lever.rest) > 1e-9);
    }
    place("people", settings.people, String(settings.people));
    place("years", settings.years, settings.years === 1 ? "1 year" : `${settings.years} years`);
    const differs = begun && begun !== JSON.stringify(chosen());
    text("changed", differs ? "Settings have changed: the worlds below are still those from before." : "");
    if (at("file-drawer").open) showFileSoon();
  }

  let files = null, soon = 0;

  /* A slider that is being moved changes many times a second: the files are asked for once it rests. */
  function showFileSoon() {
    clearTimeout(soon);
    soon = setTimeout(showFile, 150);
  }

  async function showFile() {
    const wanted = JSON.stringify(chosen()), reply = await ask("file", chosen());
    if (wanted !== JSON.stringify(chosen()) || refused(reply)) return;
    files = {base: reply.base, other: reply.other};
    at("file").value = files[at("which-file").value];
    text("copied", "");
  }

  async function copyFile() {
    const field = at("file");
    try {
      await navigator.clipboard.writeText(field.value);
      text("copied", "Copied.");
    } catch {
      field.focus();
      field.select();
      text("copied", "Selected: press Ctrl-C to copy.");
    }
  }

  // The two worlds

  async function open(luck = now.luck) {
    if (now.opening) return;
    now.opening = true;
    pause();
    enable(false);
    text("when", "The worlds are being made …");
    const wanted = chosen(), key = JSON.stringify(wanted);
    const reply = await ask("open", {...wanted, luck});
    now.opening = false;
    if (refused(reply)) {
      showClosed();
      return;
    }
    if (key !== begun) lucks = [];
    begun = key;
    now.luck = luck;
    useRoom(reply.room, reply.weeks);
  }

  /* As a class begins: the new worlds come into view, and Play is the next thing to press. */
  async function begin() {
    await open();
    if (at("play").disabled) return;
    at("worlds").scrollIntoView({behavior: calm.matches ? "auto" : "smooth", block: "start"});
    at("play").focus({preventScroll: true});
  }

  function showClosed() {
    enable(false);
    text("when", "No worlds are open. Press Begin.");
  }

  function useRoom(found, weeks) {
    room = found;
    lives = BOTH.map(() => ({codes: [], spans: [], open: new Map(), course: [], counts: []}));
    story = null;
    now.week = 0;
    now.person = -1;
    at("life").hidden = true;
    take(weeks);
    if (!pictures) {
      pictures = BOTH.map(world => new Picture(at(`world-${world}`), room.stage, looks, {
        onpick: person => choose(person, true), onmove: (_, told) => text("told", told),
      }));
    } else {
      pictures.forEach(picture => picture.set(room.stage));
    }
    for (const number of [0, 2]) BOTH.forEach(world => text(`head-${number + world}`, room.names[world]));
    BOTH.forEach(world => text(`name-${world}`, room.names[world]));
    at("week").max = room.weeks;
    at("differs").replaceChildren(...settingsSaid().map(line => make("li", line)));
    curveKey(at("key"), room.names);
    const {outcome} = room;
    text("outcome-title", outcome.counts
      ? `Of every 100 ${outcome.whom}, how many ${outcome.phrase}` : `${outcome.phrase}: ${outcome.unit}`);
    chooseFrom(at("who"), room.stage.names);
    text("which-luck", `Luck ${room.luck}`);
    enable(true);
    showSettings();
    show();
    tell();
  }

  const settingsSaid = () => [
    ...(room.differs.length ? room.differs : ["Nothing differs between the two worlds, not even luck."]), ...room.set];

  const lived = () => lives[0].codes.length - 1;

  /* Takes in the weeks that the server has lived, those already here left out. */
  function take(weeks) {
    const skip = Math.max(0, lived() + 1 - weeks.from);
    BOTH.forEach(world => {
      const sent = weeks.worlds[world], life = lives[world];
      const raw = Uint8Array.from(atob(sent.codes), sign => sign.charCodeAt(0));
      for (let one = skip; one < sent.made.length; one++) {
        const week = weeks.from + one, codes = raw.subarray(one * room.people, (one + 1) * room.people);
        life.codes.push(codes);
        life.course.push(sent.course[one]);
        life.counts.push(countAll(codes, looks, room.stage.own));
        for (const key of sent.ended[one]) {
          life.open.get(key).until = week;
          life.open.delete(key);
        }
        for (const key of sent.made[one]) {
          const people = key >> KIND_BITS;
          const span = {one: people >> PERSON_BITS, other: people & (2 ** PERSON_BITS - 1), kind: key & (2 ** KIND_BITS - 1),
            first: week, until: Infinity};
          life.spans.push(span);
          life.open.set(key, span);
        }
      }
    });
  }

  function frameAt(world, week) {
    const ties = [];
    for (const {one, other, kind, first, until} of lives[world].spans) {
      if (first <= week && week < until) ties.push(one, other, kind);
    }
    return {week, codes: lives[world].codes[week], ties};
  }

  let fetching = null;

  /* Lets the server live on until a week, unless it is at it already; gives whether the page has that week in the end. Worlds that
     are being replaced are lived no further, and what is still told of them is not heard. */
  async function reach(week) {
    const goal = Math.min(week, room.weeks), mine = room, current = () => room === mine && !now.opening;
    while (current() && lived() < goal) {
      fetching ??= ask("step", {to: goal, have: lived()}).then(reply => {
        fetching = null;
        if (!current()) return true;
        if (refused(reply)) { if (reply.gone) showClosed(); return false; }
        take(reply.weeks);
        return true;
      });
      if (!(await fetching)) return false;
    }
    return current();
  }

  function enable(ready) {
    for (const id of ["play", "back", "step", "reset", "new-luck", "week"]) at(id).disabled = !ready;
  }

  let showCounts = null;

  /* What can be counted of people week by week: its words, and how many of those with own experience it is true of in a week. */
  let countable = [];

  function listCountable() {
    const own = looks.statuses.filter(look => look.key !== "none"), kinds = [["status", own], ["more", looks.more], ["label", looks.labels]];
    countable = kinds.flatMap(([kind, found]) => found.map(look => ({words: look.words, of: counts => counts[kind][look.code]})));
    at("journey").replaceChildren(...countable.map(({words}, number) => new Option(words, String(number))));
  }

  const weekly = (world, {of}) => lives[world].counts.map(of);
  const recovering = world => weekly(world, countable[0]);
  const journey = () => countable[Number(at("journey").value)];
  const ownPeople = () => room.stage.own.reduce((sum, one) => sum + one, 0);
  const judged = week => Math.min(Math.max(week, room.firstWeek), room.lastWeek);
  const differences = () => differenceOf(lives.map(life => life.course));

  function show() {
    const frames = BOTH.map(world => frameAt(world, now.week));
    const marks = at("mark").checked ? different(frames, looks) : null;
    // Drawn first, since the page must be laid out anew to be drawn on once a text has changed.
    pictures.forEach((picture, world) => picture.show(frames[world], {marks, selected: now.person}));
    drawCurves();
    text("when", `${weekWords(now.week)} (year ${Math.min(Math.floor(now.week / 52) + 1, Math.ceil(room.weeks / 52))})`);
    text("week-words", weekWords(now.week));
    at("week").value = now.week;
    at("week").setAttribute("aria-valuetext", weekWords(now.week));
    BOTH.forEach(world => text(`tally-${world}`, `${recovering(world)[now.week]} of ${ownPeople()} with own experience in recovery.`));
    BOTH.forEach(world => at(`world-${world}`).setAttribute("aria-label", `${room.names[world]}, week ${now.week}: ` +
      `${recovering(world)[now.week]} of ${ownPeople()} in recovery. Arrow keys go from person to person, Enter reads their lives.`));
    showCounts(frames);
    if (now.person >= 0) showLife();
  }

  function effectWords() {
    const week = judged(now.week), pair = BOTH.map(world => lives[world].course[Math.min(week, lived())]);
    if (now.week < room.firstWeek) return `The worlds are the same until week ${room.firstWeek}. Nothing is counted yet.`;
    if (pair[0] === null || pair[0] === undefined) return "Nobody is there of whom it could be told.";
    const {outcome, names} = room, when = now.week > room.lastWeek ? ` by week ${room.lastWeek}` : " so far";
    // From the figures as they are shown, so that the sentence adds up.
    const grown = `${signed(Number(figure(pair[1])) - Number(figure(pair[0])))}${outcome.counts ? "" : ` (${outcome.unit})`}`;
    return outcome.counts
      ? `Of every 100 ${outcome.whom}, ${figure(pair[0])} ${outcome.phrase} in “${names[0]}” and ${figure(pair[1])} in “${names[1]}”` +
        `${when}: ${grown}.`
      : `${outcome.phrase}: ${figure(pair[0])} in “${names[0]}” and ${figure(pair[1])} in “${names[1]}”${when}: ${grown}.`;
  }

  function drawCurves() {
    if (!room || lived() < now.week) return;
    const own = ownPeople(), courses = lives.map(life => life.course), grown = differences(), shown = journey();
    const others = lucks.filter(one => one.luck !== room.luck).map(one => ({values: one.values, thin: true}));
    const furthest = [grown, ...others.map(one => one.values)].flat().map(value => Math.abs(value ?? 0));
    journeys(looks, {
      recovering: BOTH.map(world => weekly(world, shown)), own, courses, reach: Math.max(1, ...furthest) * 1.1,
      weeks: room.weeks, upto: now.week, firstWeek: room.firstWeek, lastWeek: room.lastWeek, differences: [...others, {values: grown}],
    });
    const told = effectWords();
    text("effect", told);
    at("outcome").setAttribute("aria-label", `${at("outcome-title").textContent}, up to week ${now.week}. ${told}`);
    at("difference").setAttribute("aria-label", `The difference, ${room.names[1]} less ${room.names[0]}, up to week ${now.week}. ${told}`);
    text("recovering-title", `People ${shown.words}, of those with own experience`);
    at("recovering").setAttribute("aria-label", BOTH.map(
      world => `${room.names[world]}: ${weekly(world, shown)[now.week]} of ${own} ${shown.words}`).join(". ") + `, week ${now.week}.`);
    keepLuck(grown);
  }

  /* Once a luck has been played to the week of the judgement, it is kept beside those that follow. */
  function keepLuck(grown) {
    if (lived() >= room.lastWeek && now.week >= room.lastWeek && !lucks.some(one => one.luck === room.luck)) {
      lucks.push({luck: room.luck, values: grown.slice(0, room.lastWeek + 1)});
    }
    const ends = lucks.map(one => one.values[room.lastWeek]).filter(value => value !== null && value !== undefined);
    const mean = ends.reduce((sum, one) => sum + one, 0) / ends.length;
    text("spread", !ends.length ? ""
      : ends.length === 1 ? "One luck seen to the end: it cannot tell an effect from noise. Press New luck."
        : `${ends.length} lucks seen to the end: from ${signed(Math.min(...ends))} to ${signed(Math.max(...ends))}, on average ` +
          `${signed(mean)} (${room.outcome.unit}).`);
  }

  function tell() {
    const parts = BOTH.map(world => `${room.names[world]}: ${recovering(world)[now.week]} of ${ownPeople()} in recovery.`);
    text("told", `${weekWords(now.week)}. ${parts.join(" ")} ${effectWords()}`);
  }

  // Playing

  async function go(week, told = true) {
    const goal = Math.min(Math.max(week, 0), room.weeks);
    if (!(await reach(goal))) return;
    now.week = goal;
    show();
    if (told) tell();
  }

  let owed = 0, before = 0, timer = 0;

  function play() {
    if (!room || now.playing) return;
    if (now.week >= room.weeks) now.week = 0;
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
  }

  function tick(time) {
    if (!now.playing) return;
    const pace = Number(at("speed").value);
    reach(now.week + Math.ceil(pace * AHEAD_SECONDS) + 1);
    owed += Math.min(0.25, Math.max(0, time - before) / 1000) * pace;
    before = time;
    const weeks = Math.min(Math.floor(owed), lived() - now.week);
    owed = Math.min(owed - weeks, 1);
    if (weeks > 0) advance(weeks);
    if (now.playing) timer = requestAnimationFrame(tick);
  }

  async function advance(weeks) {
    const next = Math.min(now.week + weeks, room.weeks);
    const told = Math.floor(next / TOLD_EVERY) > Math.floor(now.week / TOLD_EVERY);
    if (next <= lived()) {
      now.week = next;
      show();
      if (told) tell();
    } else {
      await go(next, told);
    }
    if (now.week >= room.weeks) pause();
  }

  // A person

  function choose(person, scroll) {
    now.person = person;
    at("who").value = String(person);
    at("life").hidden = person < 0;
    show();
    if (person < 0 || !scroll) return;
    at("person").scrollIntoView({behavior: calm.matches ? "auto" : "smooth", block: "start"});
    at("person-title").focus({preventScroll: true});
  }

  let reading = false;

  /* The two lives as they were told last, up to the week that is shown; told anew where more has been lived since. */
  function showLife() {
    const person = now.person, {names: called, ages} = room.stage;
    const status = BOTH.map(world => `${room.names[world]}: ${describe(lives[world].codes[now.week][person], looks)}`);
    text("name", `${called[person]}, ${ages[person]}. ${weekWords(now.week)}: ${status.join("; ")}.`);
    const fresh = story && story.person === person && story.until >= now.week;
    if (fresh || (story && story.person === person && now.playing)) showLines();
    if (!fresh && !now.playing && !reading) readLife();
  }

  async function readLife() {
    reading = true;
    const mine = room, reply = await ask("story", {person: now.person});
    reading = false;
    if (room !== mine || now.opening || refused(reply)) return;
    story = reply;
    if (story.person !== now.person) { if (now.person >= 0) showLife(); return; }
    showLines();
    text("told", `${room.stage.names[story.person]}. ${at("parted").textContent}`);
  }

  function showLines() {
    const parted = story.week >= 0 && now.week > story.week;
    text("parted", parted ? `The two lives part in week ${story.week}.` : "The two lives are the same so far.");
    showLives(story, now.week, room.weeks);
    at("why").hidden = !parted;
    at("parting").replaceChildren(...story.parting.map(line => make("li", line)));
  }

  // What is saved

  const PLOTS = ["recovering", "outcome", "difference"];

  function savePlot() {
    const titles = [at("recovering-title").textContent, at("outcome-title").textContent, "The difference between the two worlds"];
    const head = `${room.names[0]} (full line) and ${room.names[1]} (dashed): ${room.people} people, luck ${room.luck}, week ${now.week}`;
    savePicture("two-worlds.png", head, settingsSaid(), PLOTS.map((id, number) => [titles[number], at(id)]), hello.illustration);
  }

  function saveNumbers() {
    const {names, outcome} = room, grown = differences(), said = settingsSaid().join(" ");
    saveTable("two-worlds.csv", now.week, [
      ...countable.flatMap(one => BOTH.map(world => [`${one.words}: ${names[world]} (people)`, weekly(world, one)])),
      ...BOTH.map(world => [`${outcome.phrase}: ${names[world]} (${outcome.unit})`, lives[world].course]),
      [`difference (${outcome.unit})`, grown], ["luck", grown.map(() => room.luck)], ["settings", grown.map(() => said)],
    ]);
  }

  // What a hand does

  at("settings").addEventListener("submit", event => { event.preventDefault(); if (hello) begin(); });
  const presses = {
    reload: () => { keepPlace(); location.reload(); },
    play: () => (now.playing ? pause() : play()),
    back: () => { pause(); go(now.week - 1); }, step: () => { pause(); go(now.week + 1); },
    reset: () => { pause(); go(0); }, "new-luck": () => open(now.luck + 1),
    "to-worlds": () => at("worlds").scrollIntoView({behavior: calm.matches ? "auto" : "smooth", block: "start"}),
    "save-plot": savePlot, "save-numbers": saveNumbers, "copy-file": copyFile,
    "save-file": () => files && save(`${at("which-file").value}-world.toml`, new Blob([at("file").value], {type: "text/plain"})),
  };
  for (const [id, press] of Object.entries(presses)) at(id).addEventListener("click", press);
  at("week").addEventListener("input", () => { pause(); go(Number(at("week").value)); });
  at("journey").addEventListener("change", drawCurves);
  at("mark").addEventListener("change", () => room && show());
  at("who").addEventListener("change", () => choose(Number(at("who").value), false));
  at("which-file").addEventListener("change", () => { if (files) at("file").value = files[at("which-file").value]; });
  at("file-drawer").addEventListener("toggle", () => { if (at("file-drawer").open && hello) showFile(); });
  listenToKeys(() => room);
  document.addEventListener("visibilitychange", () => { if (document.hidden) pause(); });
  redraws.add(drawCurves);
  if (window.ResizeObserver) new ResizeObserver(drawCurves).observe(at("journeys").parentElement);

  return {ask, connect, receive, now};
})();
window.RecoveryLive = RecoveryLive;
