// Screening without waiting: the next record is here already, and what is decided is kept until the server has it.
"use strict";

class Screening {
  constructor(place) {
    this.stage = place.dataset.stage;
    this.box = `asreview-mc unsent ${place.dataset.who} ${this.stage}`;
    this.offers = JSON.parse(place.dataset.offers);
    this.progress = JSON.parse(place.dataset.progress);
    this.done = [];
    this.sending = false;
    this.wait = 1000;
    this.part = (id) => document.getElementById(id);
    for (const button of place.querySelectorAll("[data-answer]")) {
      button.addEventListener("click", (event) => event.detail < 2 && this.answer(button.dataset.answer));
    }
    this.part("undo").addEventListener("click", (event) => event.detail < 2 && this.undo());
    this.part("later").addEventListener("click", (event) => event.detail < 2 && this.later());
    this.part("help").addEventListener("click", () => this.part("keys").showModal());
    this.part("bar-of-answers").addEventListener("submit", (event) => {
      event.preventDefault();
      this.part("record").focus({ preventScroll: true });
    });
    this.part("tag-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.tag(this.part("tag").value);
      this.part("tag").value = "";
    });
    this.part("single-keys").checked = !keysOff();
    this.part("single-keys").addEventListener("change", (event) => {
      localStorage.setItem(KEYS_OFF, event.target.checked ? "no" : "yes");
    });
    window.addEventListener("online", () => this.send());
    window.addEventListener("beforeunload", (event) => this.unsent().length && event.preventDefault());
    const waiting = new Set(this.unsent().map((one) => one.record_id));
    this.offers = this.offers.filter((one) => !waiting.has(one.record_id));
    this.show(false);
    this.send();
  }

  // What was decided and not confirmed by the server yet outlives the page.
  unsent() {
    try {
      return JSON.parse(localStorage.getItem(this.box) || "[]");
    } catch {
      return [];
    }
  }

  keep(list) {
    localStorage.setItem(this.box, JSON.stringify(list));
  }

  key(event) {
    const answers = { i: "include", e: "exclude", m: "maybe" };
    const key = event.key.toLowerCase();
    const steps = {
      u: () => this.undo(),
      l: () => this.later(),
      n: () => this.part("note").focus(),
      r: () => this.part("reason").focus(),
      t: () => this.part("tag").focus(),
      "?": () => this.part("keys").showModal(),
    };
    if (answers[key]) this.answer(answers[key]);
    else if (steps[key]) steps[key]();
    else if (this.stage === "fulltext" && /^[1-9]$/.test(key)) this.choose(Number(key));
    else return false;
    event.preventDefault();
    return true;
  }

  choose(number) {
    const reason = this.part("reason");
    if (number < reason.options.length) reason.selectedIndex = number;
    this.say(reason.selectedOptions[0].textContent);
  }

  answer(decision) {
    const current = this.offers[0];
    if (!current || performance.now() - this.shownAt < 200) return;
    const reason = decision === "exclude" ? this.part("reason").value : "";
    if (this.stage === "fulltext" && decision === "exclude" && !reason) {
      this.say("A full text is excluded for exactly one reason: choose it first.");
      this.part("reason").focus();
      return;
    }
    const said = {
      record_id: current.record_id,
      decision,
      stage: this.stage,
      reason,
      note: this.part("note").value.trim(),
      base: current.base,
      seconds: Math.min(86400, Math.round((performance.now() - this.shownAt) / 100) / 10),
    };
    this.keep([...this.unsent(), said]);
    this.offers.shift();
    if (current.base === 0) this.count(1);
    this.say(`${decision}: ${current.title.slice(0, 80)}`);
    this.show(true);
    this.send();
  }

  async send() {
    if (this.sending) return;
    this.sending = true;
    clearTimeout(this.timer);
    try {
      for (let list = this.unsent(); list.length; list = this.unsent()) {
        if (!(await this.sendOne(list[0]))) return;
      }
      this.trouble("");
    } finally {
      this.sending = false;
    }
    if (this.offers.length < 3) this.fetchMore();
  }

  async sendOne(said) {
    let answer;
    try {
      answer = await this.post("/api/decisions", said);
    } catch {
      return this.later_again("The server cannot be reached");
    }
    if (answer.status >= 500 || answer.status === 429) return this.later_again("The server cannot take it now");
    if (answer.status === 401 || answer.status === 403) {
      return this.later_again("You are signed out: sign in again in another window, then load this page anew", true);
    }
    this.wait = 1000;
    const told = await answer.json();
    this.keep(this.unsent().filter((one) => one.record_id !== said.record_id || one.decision !== said.decision));
    if (answer.ok) {
      this.done.push({ record_id: said.record_id, seq: told.seq });
    } else {
      if (said.base === 0) this.count(-1);
      this.refused = `${said.record_id} was not decided: ${told.error}`;
      this.say(this.refused);
    }
    return true;
  }

  later_again(why, stop = false) {
    const n = this.unsent().length;
    const are = n === 1 ? "1 decision is" : `${n} decisions are`;
    this.trouble(`${why}. ${are} kept in this browser and not sent yet${stop ? "." : "; trying again."}`);
    if (!stop) this.timer = setTimeout(() => this.send(), this.wait);
    this.wait = Math.min(2 * this.wait, 30000);
    return false;
  }

  async fetchMore() {
    const known = [...this.offers, ...this.unsent()].map((one) => one.record_id);
    try {
      const answer = await fetch(`/api/next?stage=${this.stage}&n=3&besides=${known.join(",")}`);
      if (!answer.ok) return;
      const told = await answer.json();
      const have = new Set([...this.offers, ...this.unsent()].map((one) => one.record_id));
      const empty = this.offers.length === 0;
      this.offers.push(...told.offers.filter((one) => !have.has(one.record_id)));
      if (!this.unsent().length) this.progress = told.progress;
      this.tell();
      if (empty && this.offers.length) this.show(true);
    } catch {
      // The next decision tries again.
    }
  }

  async undo() {
    await this.send();
    if (this.unsent().length) return;
    const last = this.done.pop();
    const said = last ? { stage: this.stage, record_id: last.record_id, base: last.seq } : { stage: this.stage };
    const answer = await this.post("/api/undo", said).catch(() => null);
    if (!answer || !answer.ok) {
      if (last && !answer) this.done.push(last);
      this.say(answer ? (await answer.json()).error : "The server cannot be reached; nothing was taken back.");
      return;
    }
    const told = await answer.json();
    const next = await (await fetch(`/api/next?stage=${this.stage}&n=1`)).json();
    this.offers = [...next.offers, ...this.offers.filter((one) => one.record_id !== told.record_id)];
    this.progress = next.progress;
    this.say(`Taken back: ${told.record_id}`);
    this.show(true);
  }

  async later() {
    const current = this.offers[0];
    if (!current) return;
    this.offers.shift();
    this.say(`Put behind the others: ${current.record_id}`);
    this.show(true);
    await this.post("/api/postpone", { record_id: current.record_id, stage: this.stage }).catch(() => null);
    if (this.offers.length < 3) this.fetchMore();
  }

  async tag(name, remove = false) {
    const current = this.offers[0];
    if (!current || !name.trim()) return;
    const said = { record_id: current.record_id, tag: name, remove };
    const answer = await this.post("/api/tags", said).catch(() => null);
    if (!answer) return this.say("The server cannot be reached; the tag was not kept.");
    const told = await answer.json();
    if (!answer.ok) return this.say(told.error);
    current.tags = told.tags;
    this.tellTags();
  }

  tellTags() {
    const entries = (this.offers[0]?.tags || []).map((tag) => {
      const entry = document.createElement("li");
      const off = document.createElement("button");
      off.type = "button";
      off.className = "plain";
      off.textContent = "take off";
      off.setAttribute("aria-label", `Take off the tag ${tag}`);
      off.addEventListener("click", () => this.tag(tag, true));
      entry.append(tag, " ", off);
      return entry;
    });
    this.part("tags").replaceChildren(...entries);
  }

  post(path, said) {
    return fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF": csrf },
      body: JSON.stringify(said),
    });
  }

  show(moved) {
    const current = this.offers[0];
    this.part("record").innerHTML = current ? current.html : "";
    this.part("nothing").hidden = Boolean(current) || (moved && this.progress.left > 0);
    this.part("own-tags").hidden = !current;
    for (const one of document.querySelectorAll("[data-answer], #later, #reason, #note")) one.disabled = !current;
    if (moved) {
      this.part("standing").hidden = true;
      this.part("note").value = "";
      this.part("reason").selectedIndex = 0;
      window.scrollTo(0, 0);
      this.part("record").focus({ preventScroll: true });
    }
    this.shownAt = moved ? performance.now() : -1000;
    this.tellTags();
    this.tell();
  }

  count(step) {
    this.progress.decided += step;
    this.progress.left = Math.max(0, this.progress.left - step);
    if (this.progress.stale !== null) this.progress.stale += 1;
  }

  tell() {
    const { decided, left, stale, reading, trouble } = this.progress;
    this.part("bar").max = decided + left || 1;
    this.part("bar").value = decided;
    this.part("count").textContent = `${decided.toLocaleString("en")} decided, ${left.toLocaleString("en")} to go`;
    let order = "In reading order until the ranking is there";
    if (stale !== null) order = stale ? `The order has not learnt from your last ${stale === 1 ? "decision" : `${stale} decisions`} yet` : "The order has learnt from all you decided";
    if (reading && stale !== null) order += "; texts that are not prepared go by their words";
    if (reading) order += `: ${reading[0].toLocaleString("en")} of ${reading[1].toLocaleString("en")} texts are prepared`;
    if (!left && !trouble) order = "";
    this.part("stale").textContent = trouble ? `${order}. The ranking has stopped and is started again: ${trouble}` : order && `${order}.`;
    clearTimeout(this.watching);
    if (left && (stale !== 0 || reading)) this.watching = setTimeout(() => this.look(), 5000);
  }

  // What is learnt behind the reader's back is told without another decision.
  async look() {
    const before = this.progress.stale;
    const answer = this.unsent().length ? null : await fetch(`/api/next?stage=${this.stage}&n=0`).catch(() => null);
    if (answer && answer.ok && !this.unsent().length) this.progress = (await answer.json()).progress;
    if (before === null && this.progress.stale !== null) {
      this.offers.splice(1);
      this.fetchMore();
    }
    this.tell();
  }

  say(text) {
    const line = this.part("said");
    line.hidden = false;
    line.textContent = text;
  }

  trouble(text) {
    this.part("trouble").hidden = !text;
    this.part("trouble").textContent = text;
  }
}

const screen_ = document.getElementById("screen");
if (screen_) window.screening = new Screening(screen_);
