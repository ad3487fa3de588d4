const $ = (id) => document.getElementById(id);

const facts = ["first-chunk", "rate", "api", "attempts", "request-id", "stop-reason", "usage", "remaining"];

let call = null;

const tabs = [...document.querySelectorAll("[role=tab]")];

function select(tab) {
	tabs.forEach((other) => {
		other.setAttribute("aria-selected", String(other === tab));
		other.tabIndex = (other === tab) ? 0 : -1;
		$(other.getAttribute("aria-controls")).hidden = other !== tab;
	});
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
	remove.setAttribute("aria-label", `Remove this ${name.textContent} turn`);
	remove.addEventListener("click", () => {
		turn.remove();
		$("add-human").focus();
	});
	head.append(name, remove);
	const area = document.createElement("textarea");
	area.rows = 3;
	area.value = text;
	area.setAttribute("aria-label", `${name.textContent} turn`);
	turn.append(head, area);
	$("turns").append(turn);
	return area;
}

function number(id) {
	return ($(id).value === "") ? null : Number($(id).value);
}

function question() {
	return {
		model: $("model").value,
		system: $("system").value,
		turns: [...document.querySelectorAll(".turn")].map((turn) => ({
			role: turn.dataset.role,
			text: turn.querySelector("textarea").value
		})),
		maxTokensToSample: number("max-tokens"),
		temperature: number("temperature"),
		topP: number("top-p"),
		topK: number("top-k")
	};
}

function show(id, value) {
	$(id).textContent = (value === null || value === undefined || value === "") ? "–" : value;
}

function reset() {
	facts.forEach((id) => show(id, null));
	$("answer").textContent = "";
	$("failure").hidden = true;
}

function fail(failure) {
	$("failure-kind").textContent = failure.kind;
	$("failure-message").textContent = failure.message;
	$("failure-advice").textContent = failure.advice;
	$("failure").hidden = false;
	show("attempts", failure.attempts);
	show("request-id", failure.requestId);
}

function delta(data) {
	if (data.text !== "") {
		const now = performance.now();
		call.chunks++;
		call.first ??= now;
		show("first-chunk", `${Math.round(call.first - call.start)} ms`);
		if (now > call.first) {
			show("rate", ((call.chunks - 1) / (now - call.first) * 1000).toFixed(1));
		}
		$("answer").append(data.text);
	}
	show("api", data.api);
	show("attempts", data.attempts);
	show("request-id", data.requestId);
	show("stop-reason", data.stopReason);
	show("usage", data.usage && `${data.usage.inputTokens} in, ${data.usage.outputTokens} out`);
	show("remaining", data.remaining.filter((it) => it.remaining !== null)
		.map((it) => `${it.remaining} ${it.name}`)
		.join(", "));
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

function running(state) {
	$("ask").disabled = state;
	$("stop").disabled = !state;
}

async function ask() {
	const mine = { abort: new AbortController(), start: performance.now(), chunks: 0 };
	call = mine;
	reset();
	running(true);
	show("state", "asking");
	let state = "done";
	try {
		const response = await fetch("api/stream", {
			method: "POST",
			headers: { "Content-Type": "application/json", "Accept": "text/event-stream" },
			body: JSON.stringify(question()),
			signal: mine.abort.signal
		});
		if (!response.ok) {
			throw new Error(`The playground answered with status ${response.status}`);
		}
		for await (const event of events(response.body)) {
			if (event.name === "failure") {
				state = "failed";
				fail(event.data);
			}
			else {
				show("state", "streaming");
				delta(event.data);
			}
		}
	}
	catch (error) {
		state = (error.name === "AbortError") ? "stopped" : "failed";
		if (state === "failed") {
			fail({ kind: error.name, message: error.message, advice: "See whether the playground runs.", attempts: 0 });
		}
	}
	show("state", state);
	running(false);
	document.querySelectorAll("[data-fault]").forEach((button) => button.setAttribute("aria-pressed", "false"));
	$("ask").focus();
	await requests();
}

async function requests() {
	const seen = await (await fetch("api/requests")).json();
	const rows = seen.filter((it) => !it.path.startsWith("/v1/models")).map((it) => {
		const row = document.createElement("tr");
		[`${it.method} ${it.path}`, it.connection, it.closedByClient ? "yes" : "no"].forEach((text) => {
			const cell = document.createElement("td");
			cell.textContent = text;
			row.append(cell);
		});
		return row;
	});
	document.querySelector("#requests tbody").replaceChildren(...rows);
	$("requests").hidden = rows.length === 0;
}

async function script(button) {
	await fetch(`api/faults/${button.dataset.fault}`, { method: "POST" });
	document.querySelectorAll("[data-fault]")
		.forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
	await requests();
}

async function begin() {
	addTurn("HUMAN", "Why is the sky blue?");
	const state = await (await fetch("api/server")).json();
	show("server", state.embedded ? "Answers are canned: no key is set." : state.baseUrl);
	$("tab-faults").hidden = !state.embedded;
	const response = await fetch("api/models");
	// a server that does not list its models still has the default one
	const models = response.ok ? await response.json() : [{ id: "", name: state.defaultModel ?? "default" }];
	$("model").replaceChildren(...models.map((model) => new Option(model.name, model.id)));
	if (models.some((model) => model.id === state.defaultModel)) {
		$("model").value = state.defaultModel;
	}
}

$("question").addEventListener("submit", (event) => {
	event.preventDefault();
	ask();
});
$("stop").addEventListener("click", () => call.abort.abort());
$("add-human").addEventListener("click", () => addTurn("HUMAN").focus());
$("add-assistant").addEventListener("click", () => addTurn("ASSISTANT").focus());
document.querySelectorAll("[data-fault]").forEach((button) => button.addEventListener("click", () => script(button)));
tabs.forEach((tab, index) => {
	tab.addEventListener("click", () => select(tab));
	tab.addEventListener("keydown", (event) => {
		const other = tabs[(index + 1) % tabs.length];
		if ((event.key === "ArrowLeft" || event.key === "ArrowRight") && !other.hidden) {
			select(other);
			other.focus();
		}
	});
});
document.addEventListener("keydown", (event) => {
	if (event.key === "Escape" && !$("stop").disabled) {
		call.abort.abort();
	}
	if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !$("ask").disabled) {
		$("question").requestSubmit();
	}
});
begin();
