/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.completion.samples.benchmark;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures one peer, in a JVM of its own, and prints what it finds: a scenario, a metric
 * and a value to a line.
 */
public final class PeerMain {

	private static final int CALLS_IN_A_ROW = 20;

	private static final int FIRST_CHUNKS = 2000;

	private static final Duration IDLE_PATIENCE = Duration.ofSeconds(10);

	private static final Peer.Receiver NOBODY = new Peer.Receiver() {

		@Override
		public void received(long count) {
		}

		@Override
		public void failed(Throwable error) {
		}

	};

	private final String server;

	private final Class<? extends Peer> type;

	private final Duration window;

	private PeerMain(String server, Class<? extends Peer> type, Duration window) {
		this.server = server;
		this.type = type;
		this.window = window;
	}

	/**
	 * Measure a peer.
	 * @param arguments the URL of the server, the class of the peer, the milliseconds of
	 * each window, and the scenarios
	 * @throws Exception if the peer fails, or what it delivers is not what was sent
	 */
	public static void main(String... arguments) throws Exception {
		long start = System.nanoTime();
		PeerMain main = new PeerMain(arguments[0], Class.forName(arguments[1]).asSubclass(Peer.class),
				Duration.ofMillis(Long.parseLong(arguments[2])));
		for (int i = 3; i < arguments.length; i++) {
			Scenario scenario = Scenario.valueOf(arguments[i]);
			try (Peer peer = main.create(scenario)) {
				main.measure(scenario, peer, start);
			}
		}
		System.exit(0);
	}

	private Peer create(Scenario scenario) throws ReflectiveOperationException {
		return this.type.getConstructor(String.class).newInstance(this.server + scenario.behaviour().path());
	}

	private void measure(Scenario scenario, Peer peer, long start) throws Exception {
		switch (scenario) {
			case COLD -> {
				Pending.start(peer::complete).await();
				print(scenario, Metric.TIME, (System.nanoTime() - start) / 1e6);
			}
			case IDLE_1000, IDLE_5000 -> openIdle(scenario, peer);
			case FIRST_CHUNK -> awaitFirstChunks(scenario, peer);
			default -> run(scenario, peer);
		}
	}

	private void run(Scenario scenario, Peer peer) throws Exception {
		runFor(this.window, scenario, peer);
		Resources before = Resources.now();
		long units = runFor(this.window, scenario, peer);
		Resources used = Resources.now().minus(before);
		print(scenario, Metric.CPU, (double) used.cpuNanos() / units);
		print(scenario, Metric.ALLOCATED, (double) used.allocatedBytes() / units);
	}

	private static long runFor(Duration time, Scenario scenario, Peer peer) throws Exception {
		long units = 0;
		long deadline = System.nanoTime() + time.toNanos();
		do {
			units += runOnce(scenario, peer);
		}
		while (System.nanoTime() < deadline);
		return units;
	}

	private static long runOnce(Scenario scenario, Peer peer) throws Exception {
		List<Pending> pending = new ArrayList<>();
		for (int i = 0; i < scenario.concurrency(); i++) {
			pending.add(scenario.isUnary() ? Pending.start((receiver) -> completeInARow(peer, CALLS_IN_A_ROW, receiver))
					: Pending.start((receiver) -> peer.stream(PeerMain::nothing, receiver)));
		}
		for (Pending call : pending) {
			check(scenario, peer, call.await());
		}
		return (long) scenario.concurrency() * (scenario.isUnary() ? CALLS_IN_A_ROW : scenario.behaviour().events());
	}

	private static void nothing() {
	}

	private static void completeInARow(Peer peer, int calls, Peer.Receiver receiver) {
		peer.complete(new Peer.Receiver() {

			@Override
			public void received(long count) {
				if (calls == 1 || count != expected(Scenario.UNARY_1, peer)) {
					receiver.received(count);
				}
				else {
					completeInARow(peer, calls - 1, receiver);
				}
			}

			@Override
			public void failed(Throwable error) {
				receiver.failed(error);
			}

		});
	}

	private static long expected(Scenario scenario, Peer peer) {
		if (scenario.isUnary()) {
			return peer.countsBytes() ? Payload.TEXT_COMPLETIONS.whole(Payload.WHOLE_TEXT).length()
					: Payload.WHOLE_TEXT.length();
		}
		Behaviour behaviour = scenario.behaviour();
		return peer.countsBytes() ? Payload.TEXT_COMPLETIONS.bytes(behaviour.events(), behaviour.text())
				: (long) behaviour.events() * behaviour.text().length();
	}

	private static void check(Scenario scenario, Peer peer, long count) {
		long expected = expected(scenario, peer);
		if (count != expected) {
			throw new IllegalStateException("Expected " + expected + ", got " + count);
		}
	}

	private void awaitFirstChunks(Scenario scenario, Peer peer) throws Exception {
		runFor(this.window, scenario, peer);
		long[] nanos = new long[FIRST_CHUNKS];
		Resources before = Resources.now();
		for (int i = 0; i < FIRST_CHUNKS; i++) {
			int index = i;
			long start = System.nanoTime();
			check(scenario, peer,
					Pending.start((receiver) -> peer.stream(() -> nanos[index] = System.nanoTime() - start, receiver))
						.await());
		}
		Resources used = Resources.now().minus(before);
		Arrays.sort(nanos);
		print(scenario, Metric.LATENCY, nanos[FIRST_CHUNKS / 2] / 1e3);
		print(scenario, Metric.CPU, (double) used.cpuNanos() / FIRST_CHUNKS);
		print(scenario, Metric.ALLOCATED, (double) used.allocatedBytes() / FIRST_CHUNKS);
	}

	private static void openIdle(Scenario scenario, Peer peer) throws InterruptedException {
		AtomicInteger open = new AtomicInteger();
		peer.stream(open::incrementAndGet, NOBODY);
		awaitOpen(open, 1);
		long before = Resources.heapBytes();
		for (int i = 0; i < scenario.concurrency(); i++) {
			peer.stream(open::incrementAndGet, NOBODY);
		}
		awaitOpen(open, scenario.concurrency() + 1);
		print(scenario, Metric.OPEN, open.get() - 1);
		print(scenario, Metric.HEAP, (double) (Resources.heapBytes() - before) / scenario.concurrency());
		print(scenario, Metric.THREADS, Resources.threads());
	}

	/**
	 * Wait until so many streams are open, or no more are opened.
	 */
	private static void awaitOpen(AtomicInteger open, int expected) throws InterruptedException {
		int seen = 0;
		long deadline = System.nanoTime() + IDLE_PATIENCE.toNanos();
		while (seen < expected && System.nanoTime() < deadline) {
			Thread.sleep(10);
			if (open.get() != seen) {
				seen = open.get();
				deadline = System.nanoTime() + IDLE_PATIENCE.toNanos();
			}
		}
	}

	private static void print(Scenario scenario, Metric metric, double value) {
		System.out.println(scenario + "\t" + metric + "\t" + value);
	}

}
