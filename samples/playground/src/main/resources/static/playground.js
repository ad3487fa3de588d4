const $ = (id) => document.getElementById(id);

const facts = ["first-chunk", "rate", "answered-by", "api", "attempts", "request-id", "stop-reason", "usage",
	"remaining"];

// a rate of less says nothing
const MIN_MILLIS_FOR_RATE = 250;

const POLL_MILLIS = 250;

// the server needs a moment to see that its client hung up
const POLLS_AFTER_END = 6;

const tabs = [...document.querySelectorAll("[role=tab]")];

let server = {};

let call = null;

// ---- the question

function select(tab) {
	tabs.forEach((other) => {
		other.setAttribute("aria-selected", String(other === tab));
		other.tabIndex = (other === tab) ? 0 : -1;
		$(other.getAttribute("aria-controls")).hidden = other !== tab;
	});
}

function moveTab(event) {
	const last = tabs.length - 1;
	const index = tabs.indexOf(event.target);
	const next = { ArrowLeft: (index === 0) ? last : index - 1, ArrowRight: (index === last) ? 0 : index + 1,
		Home: 0, End: last }[event.key];
	if (next !== undefined) {
		event.preventDefault();
		select(tabs[next]);
		tabs[next].focus();
	}
}

function turns() {
	return [...document.querySelectorAll(".turn")];
}

function addTurn(role, text = "") {
	const turn = document.createElement("li");
	turn.className = `turn ${role.toLowerCase()}`;
	turn.dataset.role = role;
	const head = document.createElement("header");
	const name = document.createElement("span");
	name.textContent = (role === "HUMAN") ? "Human" : "Assistant";
	const remove = document.createElement("button");
	remove.type = "button";
	remove.textContent = "×";
	remove.addEventListener("click", () => {
		turn.remove();
		nameTurns();
		$("add-human").focus();
	});
	head.append(name, remove);
	const area = document.createElement("textarea");
	area.rows = 3;
	area.value = text;
	turn.append(head, area);
	$("turns").append(turn);
	nameTurns();
	return area;
}

function nameTurns() {
	turns().forEach((turn, index) => {
		const name = `turn ${index + 1}, ${turn.querySelector("span").textContent}`;
		turn.querySelector("textarea").setAttribute("aria-label", name);
		turn.querySelector("button").setAttribute("aria-label", `Remove ${name}`);
	});
}

function addAnswer() {
	const last = turns().at(-1);
	const answer = $("answer").textContent;
	if (last?.dataset.role === "ASSISTANT") {
		const area = last.querySelector("textarea");
		area.value = (area.value + answer).trimEnd();
	}
	else {
		addTurn("ASSISTANT", answer.trim());
	}
	$("answer").textContent = "";
	updateButtons();
	select(tabs[0]);
}

function reply() {
	addAnswer();
	addTurn("HUMAN").focus();
}

// if the prompt ends with an assistant turn, the model continues its text
function continueFromHere() {
	addAnswer();
	turns().at(-1).querySelector("textarea").focus();
}

function updateButtons() {
	const answered = !call?.running && $("answer").textContent !== "";
	const prefill = $("model").selectedOptions[0]?.dataset.prefill === "true";
	$("reply").disabled = !answered;
	$("continue").disabled = !answered || !prefill;
	$("no-prefill").textContent = (answered && !prefill) ? "This model does not accept a prefill." : "";
}

function number(id) {
	return ($(id).value === "") ? null : Number($(id).value);
}

function fault() {
	return document.querySelector("[name=fault]:checked");
}

function question(id) {
	return {
		call: id,
		fault: fault().value || null,
		model: $("model").value,
		system: $("system").value,
		turns: turns()
			.map((turn) => ({ role: turn.dataset.role, text: turn.querySelector("textarea").value }))
			.filter((turn) => turn.text.trim() !== ""),
		maxTokensToSample: number("max-tokens"),
		temperature: number("temperature"),
		topP: number("top-p"),
		topK: number("top-k")
	};
}

// ---- the answer

function show(id, value) {
	$(id).textContent = (value === null || value === undefined || value === "") ? "–" : value;
}

function showRemaining(remaining) {
	show("remaining", remaining
		.map((it) => `${it.remaining} ${(it.limit === null) ? "" : `of ${it.limit} `}${it.name}`)
		.join(", "));
}

function showFailure(failure) {
	$("failure-kind").textContent = failure.kind;
	$("failure-message").textContent = failure.message;
	$("failure-fate").textContent = failure.fate;
	$("failure-advice").textContent = failure.advice;
	$("failure").hidden = false;
	show("attempts", failure.attempts);
	show("request-id", failure.requestId);
	showRemaining(failure.remaining);
}

// a failure of the playground, not of a call
function showError(error) {
	showFailure({ kind: error.name, message: error.message, advice: "See whether the playground runs, and its log.",
		fate: "", attempts: null, requestId: null, remaining: [] });
}

function showDelta(data) {
	if (data.text !== "") {
		const now = performance.now();
		call.chunks++;
		call.first ??= now;
		show("first-chunk", `${Math.round(call.first - call.start)} ms`);
		if (now - call.first >= MIN_MILLIS_FOR_RATE) {
			show("rate", ((call.chunks - 1) / (now - call.first) * 1000).toFixed(1));
		}
		$("answer").append(data.text);
	}
	show("answered-by", data.model);
	show("api", data.api);
	show("attempts", data.attempts);
	show("request-id", data.requestId);
	show("stop-reason", data.stopReason);
	show("usage", data.usage && `${data.usage.inputTokens} in, ${data.usage.outputTokens} out`);
	showRemaining(data.remaining);
}

function row(cells) {
	const row = document.createElement("tr");
	row.append(...cells.map((text) => {
		const cell = document.createElement("td");
		cell.textContent = text;
		return cell;
	}));
	return row;
}

// polls, since a stream that was stopped tells no more
async function watchRequests(mine) {
	for (let after = 0; after < POLLS_AFTER_END && mine === call; after += mine.running ? 0 : 1) {
		const seen = await fetchJson(`api/calls/${mine.id}/requests`);
		seen.forEach((it, index) => mine.seen[index] ??= performance.now() - mine.start);
		if (mine === call) {
			$("requests").hidden = seen.length === 0;
			document.querySelector("#requests tbody").replaceChildren(...seen.map((it, index) => row(
				[`${(mine.seen[index] / 1000).toFixed(1)} s`, `${it.method} ${it.path}`, it.connection,
					it.closedByClient ? "yes" : "no"])));
		}
		await new Promise((resume) => setTimeout(resume, POLL_MILLIS));
	}
}

function reset() {
	facts.forEach((id) => show(id, null));
	$("answer").textContent = "";
	$("failure").hidden = true;
	$("requests").hidden = true;
}

// ---- the call

async function fetchJson(path) {
	const response = await fetch(path);
	const body = await response.json();
	if (!response.ok) {
		throw Object.assign(new Error(`The playground answered with status ${response.status}`), { failure: body });
	}
	return body;
}

// as the standard of server-sent events has it, as far as our own server goes
async function* events(body) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let buffer = "";
	for (;;) {
		const { value, done } = await reader.read();
		if (done) {
			return;
		}
		buffer += value;
		let end;
		while ((end = buffer.indexOf("\n\n")) !== -1) {
			const fields = Object.fromEntries(buffer.slice(0, end).split("\n").map((line) => {
				const colon = line.indexOf(":");
				return [line.slice(0, colon), line.slice(colon + 1)];
			}));
			buffer = buffer.slice(end + 2);
			yield { name: fields.event, data: JSON.parse(fields.data) };
		}
	}
}

async function stream(mine) {
	const response = await fetch("api/stream", {
		method: "POST",
		headers: { "Content-Type": "application/json", "Accept": "text/event-stream" },
		body: JSON.stringify(question(mine.id)),
		signal: mine.abort.signal
	});
	if (!response.ok) {
		throw new Error((response.status === 413) ? "The prompt is too long for the playground"
			: `The playground answered with status ${response.status}`);
	}
	let state = "done";
	for await (const event of events(response.body)) {
		if (event.name === "failure") {
			state = "failed";
			showFailure(event.data);
		}
		else {
			show("state", "streaming");
			showDelta(event.data);
		}
	}
	return state;
}

function setRunning(running) {
	const stopHadFocus = document.activeElement === $("stop");
	call.running = running;
	$("ask").disabled = running;
	$("stop").disabled = !running;
	updateButtons();
	if (stopHadFocus) {
		$("ask").focus();
	}
}

async function ask() {
	if (call?.running) {
		return;
	}
	const mine = { id: crypto.randomUUID(), abort: new AbortController(), start: performance.now(), chunks: 0, seen: [] };
	call = mine;
	reset();
	setRunning(true);
	show("state", "asking");
	$("answer").scrollIntoView({ block: "nearest" });
	if (server.embedded || fault().value) {
		watchRequests(mine).catch(showError);
	}
	try {
		show("state", await stream(mine));
	}
	catch (error) {
		show("state", (error.name === "AbortError") ? "stopped" : "failed");
		if (error.name !== "AbortError") {
			showError(error);
		}
	}
	setRunning(false);
}

function stop() {
	if (call?.running) {
		call.abort.abort();
	}
}

// ---- the page

function offerModels(models) {
	const known = models.some((model) => model.id === server.defaultModel);
	const all = known ? models : [{ id: "", name: server.defaultModel ?? "default" }, ...models];
	$("model").replaceChildren(...all.map((model) => {
		const option = new Option(model.name, model.id);
		option.dataset.prefill = String(model.prefill ?? false);
		return option;
	}));
	$("model").value = known ? server.defaultModel : "";
	updateButtons();
}

async function begin() {
	addTurn("HUMAN", "Why is the sky blue?");
	server = await fetchJson("api/server");
	show("server", server.embedded ? "Answers are canned, by the embedded server." : server.baseUrl);
	$("max-tokens").placeholder = server.defaultMaxTokens;
	offerModels([]);
	offerModels(await fetchJson("api/models"));
}

$("question").addEventListener("submit", (event) => {
	event.preventDefault();
	ask();
});
// what is not seen cannot be corrected
$("question").addEventListener("invalid", () => {
	select(tabs[0]);
	$("sampling").open = true;
}, true);
$("stop").addEventListener("click", stop);
$("reply").addEventListener("click", reply);
$("continue").addEventListener("click", continueFromHere);
$("model").addEventListener("change", updateButtons);
$("add-human").addEventListener("click", () => addTurn("HUMAN").focus());
$("add-assistant").addEventListener("click", () => addTurn("ASSISTANT").focus());
$("panel-faults").addEventListener("change", () => {
	$("chosen-fault").textContent = fault().value ? `with the fault: ${fault().parentElement.textContent.trim()}` : "";
});
tabs.forEach((tab) => {
	tab.addEventListener("click", () => select(tab));
	tab.addEventListener("keydown", moveTab);
});
document.addEventListener("keydown", (event) => {
	if (event.key === "Escape") {
		stop();
	}
	if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
		$("question").requestSubmit();
	}
});
// browsers may keep a page that was left, and its stream
addEventListener("pagehide", stop);
begin().catch((error) => error.failure?.kind ? showFailure(error.failure) : showError(error));
