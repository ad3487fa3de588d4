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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Measures one peer, in a JVM of its own, and prints what it finds: a scenario, a metric
 * and a value to a line.
 */
public final class PeerMain {

	private static final int CALLS_IN_A_ROW = 20;

	private static final int FIRST_CHUNKS_PER_MILLISECOND_OF_WINDOW = 7;

	private static final int CALLS_PER_MILLISECOND_OF_WINDOW = 10;

	private static final int WARM_UPS = 12;

	// how long each of the warm-ups takes at most
	private static final int WINDOWS_OF_WARM_UP = 100;

	private static final int MIN_WINDOWS = 3;

	private static final int MAX_WINDOWS = 8;

	// of the CPU time from one window to the next
	private static final double SETTLED = 0.1;

	// however long they take
	private static final int MIN_UNITS = 10;

	// how long it takes at most, for a peer that waits more than it works
	private static final int MAX_TIME_OF_WINDOW = 8;

	private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

	// how long the compiler is waited for at most, each time
	private static final int WINDOWS_OF_COMPILER = 5;

	// it is looked at so often in a window
	private static final int LOOKS_AT_COMPILER = 6;

	// of the time between two looks
	private static final double COMPILER_IDLE = 0.02;

	private static final Duration IDLE_PATIENCE = Duration.ofSeconds(10);

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
	 * CPU time of each window, and the scenarios
	 * @throws Exception if there is no such peer
	 */
	public static void main(String... arguments) throws Exception {
		long start = System.nanoTime();
		PeerMain main = new PeerMain(arguments[0], Class.forName(arguments[1]).asSubclass(Peer.class),
				Duration.ofMillis(Long.parseLong(arguments[2])));
		if (Scenario.valueOf(arguments[3]).isWarm()) {
			main.warmUp(Scenario.UNARY_16);
			main.warmUp(Scenario.FIRST_CHUNK);
			main.warmUp(Scenario.SHORT);
		}
		for (int i = 3; i < arguments.length; i++) {
			main.measure(Scenario.valueOf(arguments[i]), start);
		}
		// not all peers let go of their threads
		System.exit(0);
	}

	private Peer create(Scenario scenario) throws ReflectiveOperationException {
		return this.type.getConstructor(String.class).newInstance(this.server + scenario.behaviour().path());
	}

	/**
	 * Make so many calls that what each runs once is compiled, which takes longer than
	 * for what each event runs. The compiler catches up between: with client and server
	 * on the same processors it falls far behind, and then compiles for less speed.
	 */
	private void warmUp(Scenario scenario) {
		long end = System.nanoTime() + WINDOWS_OF_WARM_UP * this.window.toNanos();
		try (Peer peer = create(scenario)) {
			long expected = expected(scenario, peer);
			for (int i = 0; i < WARM_UPS && System.nanoTime() < end; i++) {
				long calls = CALLS_PER_MILLISECOND_OF_WINDOW * this.window.toMillis();
				while (calls > 0 && System.nanoTime() < end) {
					calls -= runOnce(scenario, peer, expected);
				}
				awaitCompiler();
			}
		}
		catch (Throwable ex) {
			// it will fail again where failures are told
			System.err.println("Could not warm up: " + ex);
		}
	}

	private void measure(Scenario scenario, long start) {
		try (Peer peer = create(scenario)) {
			measure(scenario, peer, start);
		}
		catch (Throwable ex) {
			// told beneath the results
			System.out.println(scenario + "\t" + ex);
		}
	}

	private void measure(Scenario scenario, Peer peer, long start) throws Exception {
		switch (scenario) {
			case COLD -> {
				Pending.start(peer::complete).await();
				print(scenario, Metric.TIME, (System.nanoTime() - start) / 1e6);
			}
			case IDLE_1000, IDLE_5000 -> openIdle(scenario, peer);
			default -> {
				runUntilSettled(scenario, peer);
				if (scenario == Scenario.FIRST_CHUNK) {
					awaitFirstChunks(scenario, peer);
				}
			}
		}
	}

	/**
	 * Run for one window after another until the CPU time of two of them agrees, and
	 * print what the last of them took.
	 */
	private void runUntilSettled(Scenario scenario, Peer peer) throws Exception {
		long expected = expected(scenario, peer);
		Use use = run(scenario, peer, expected);
		double change = 1;
		for (int i = 1; i < MIN_WINDOWS || (i < MAX_WINDOWS && change > SETTLED); i++) {
			Use previous = use;
			use = run(scenario, peer, expected);
			change = Math.abs(use.cpuNanos() / previous.cpuNanos() - 1);
		}
		print(scenario, Metric.CPU, use.cpuNanos());
		print(scenario, Metric.ALLOCATED, use.allocatedBytes());
	}

	private Use run(Scenario scenario, Peer peer, long expected) throws Exception {
		awaitCompiler();
		Resources before = Resources.now();
		long end = System.nanoTime() + MAX_TIME_OF_WINDOW * this.window.toNanos();
		long units = 0;
		while (true) {
			long look = System.nanoTime() + Math.min(BETWEEN_LOOKS.toNanos(), this.window.toNanos());
			do {
				units += runOnce(scenario, peer, expected);
			}
			while (System.nanoTime() < look);
			Resources used = Resources.now().minus(before);
			boolean enough = used.cpuNanos() >= this.window.toNanos() && units >= MIN_UNITS;
			if (enough || System.nanoTime() >= end) {
				return new Use((double) used.cpuNanos() / units, (double) used.allocatedBytes() / units);
			}
		}
	}

	/**
	 * Wait until the JIT compiler has nothing to do. Where it shares the processors with
	 * client and server, it is far behind them.
	 */
	private void awaitCompiler() throws InterruptedException {
		long pause = this.window.toNanos() / LOOKS_AT_COMPILER;
		long end = System.nanoTime() + WINDOWS_OF_COMPILER * this.window.toNanos();
		long before;
		long now = Resources.jitNanos();
		do {
			before = now;
			TimeUnit.NANOSECONDS.sleep(pause);
			now = Resources.jitNanos();
		}
		while (now - before > COMPILER_IDLE * pause && System.nanoTime() < end);
	}

	private static long runOnce(Scenario scenario, Peer peer, long expected) throws Exception {
		List<Pending> pending = new ArrayList<>();
		for (int i = 0; i < scenario.concurrency(); i++) {
			pending.add(scenario.isUnary()
					? Pending.start((receiver) -> completeInARow(peer, CALLS_IN_A_ROW, expected, receiver))
					: Pending.start((receiver) -> peer.stream(PeerMain::nothing, receiver)));
		}
		for (Pending call : pending) {
			call.await(expected);
		}
		return (long) scenario.concurrency() * (scenario.isUnary() ? CALLS_IN_A_ROW : scenario.behaviour().events());
	}

	private static void nothing() {
	}

	private static void completeInARow(Peer peer, int calls, long expected, Peer.Receiver receiver) {
		peer.complete(new Peer.Receiver() {

			@Override
			public void received(long count) {
				if (calls == 1 || count != expected) {
					receiver.received(count);
				}
				else {
					completeInARow(peer, calls - 1, expected, receiver);
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
			return peer.countsBytes() ? Payload.utf8(Payload.TEXT_COMPLETIONS.whole(Payload.WHOLE_TEXT)).length
					: Payload.WHOLE_TEXT.length();
		}
		Behaviour behaviour = scenario.behaviour();
		return peer.countsBytes() ? Payload.TEXT_COMPLETIONS.bytes(behaviour) : behaviour.textLength();
	}

	private void awaitFirstChunks(Scenario scenario, Peer peer) throws Exception {
		long expected = expected(scenario, peer);
		long[] nanos = new long[(int) (FIRST_CHUNKS_PER_MILLISECOND_OF_WINDOW * this.window.toMillis())];
		for (int i = 0; i < nanos.length; i++) {
			int index = i;
			long start = System.nanoTime();
			Pending.start((receiver) -> peer.stream(() -> nanos[index] = System.nanoTime() - start, receiver))
				.await(expected);
		}
		Arrays.sort(nanos);
		print(scenario, Metric.LATENCY, nanos[nanos.length / 2] / 1e3);
	}

	private static void openIdle(Scenario scenario, Peer peer) throws InterruptedException {
		AtomicInteger open = new AtomicInteger();
		Pending failure = new Pending();
		peer.stream(open::incrementAndGet, failure);
		awaitOpen(open, 1, failure);
		long before = Resources.heapBytes();
		for (int i = 0; i < scenario.concurrency(); i++) {
			peer.stream(open::incrementAndGet, failure);
		}
		awaitOpen(open, scenario.concurrency() + 1, failure);
		int opened = open.get() - 1;
		print(scenario, Metric.OPEN, opened);
		print(scenario, Metric.HEAP, (double) (Resources.heapBytes() - before) / opened);
		print(scenario, Metric.THREADS, Resources.threads());
	}

	/**
	 * Wait until so many streams are open, or no more are opened.
	 */
	private static void awaitOpen(AtomicInteger open, int expected, Pending failure) throws InterruptedException {
		int seen = 0;
		long deadline = System.nanoTime() + IDLE_PATIENCE.toNanos();
		while (seen < expected && System.nanoTime() < deadline) {
			if (failure.isDone()) {
				failure.await(0);
			}
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

	/**
	 * What an event or a call has used.
	 */
	private record Use(double cpuNanos, double allocatedBytes) {
	}

}
