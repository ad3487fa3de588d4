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

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the calls of a {@link LimitScenario} with one peer, in a JVM of its own, and
 * prints the results: the number of calls that failed, the seconds until the last one
 * ended, and the median, the 99th percentile and the maximum of the seconds that calls
 * waited before they were accepted.
 */
public final class LimitMain {

	private static final int WARM_UPS = 50;

	private static final int WARM_UP_CALLS = 20;

	private final LimitScenario scenario;

	private final Peer peer;

	private final AtomicInteger next = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final double[] waits;

	private final CountDownLatch done;

	private LimitMain(LimitScenario scenario, Peer peer) {
		this.scenario = scenario;
		this.peer = peer;
		this.waits = new double[scenario.calls()];
		this.done = new CountDownLatch(scenario.calls());
	}

	/**
	 * Make the calls.
	 * @param arguments the URL of the server, the class of the peer, and the scenario
	 * @throws Exception if there is no such peer
	 */
	public static void main(String... arguments) throws Exception {
		Class<? extends Peer> type = Class.forName(arguments[1]).asSubclass(Peer.class);
		try (Peer peer = type.getConstructor(String.class).newInstance(arguments[0] + LimitedServer.WARM_UP)) {
			warmUp(peer);
		}
		Peer peer = type.getConstructor(String.class).newInstance(arguments[0]);
		new LimitMain(LimitScenario.of(arguments[2]), peer).run();
		System.exit(0);
	}

	private static void warmUp(Peer peer) throws InterruptedException {
		for (int i = 0; i < WARM_UPS; i++) {
			List<Pending> calls = new ArrayList<>();
			for (int j = 0; j < WARM_UP_CALLS; j++) {
				calls.add(Pending.start(peer::complete));
			}
			for (Pending call : calls) {
				call.await();
			}
		}
	}

	private void run() throws InterruptedException {
		long start = System.nanoTime();
		if (this.scenario.inFlight() > 0) {
			for (int i = 0; i < this.scenario.inFlight(); i++) {
				call(true);
			}
		}
		else {
			// without Reactor, which not all peers have
			for (double time : this.scenario.arrivals()) {
				TimeUnit.NANOSECONDS.sleep(start + (long) (time * 1e9) - System.nanoTime());
				call(false);
			}
		}
		this.done.await();
		double seconds = (System.nanoTime() - start) / 1e9;
		double[] sorted = Arrays.stream(this.waits).filter((wait) -> wait >= 0).sorted().toArray();
		System.out.println(this.failed.get() + "\t" + seconds + "\t" + percentile(sorted, 0.5) + "\t"
				+ percentile(sorted, 0.99) + "\t" + percentile(sorted, 1));
	}

	private static double percentile(double[] sorted, double share) {
		return (sorted.length > 0) ? sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))] : Double.NaN;
	}

	/**
	 * Make a call.
	 * @param again whether to make another one when it has ended
	 */
	private void call(boolean again) {
		int number = this.next.getAndIncrement();
		if (number >= this.scenario.calls()) {
			return;
		}
		long start = System.nanoTime();
		this.peer.complete(new Peer.Receiver() {

			@Override
			public void received(long count) {
				// the length of the text is the latency of the response in milliseconds
				ended(number, (System.nanoTime() - start) / 1e9 - count / 1e3, again);
			}

			@Override
			public void failed(Throwable error) {
				LimitMain.this.failed.incrementAndGet();
				ended(number, -1, again);
			}

		});
	}

	private void ended(int number, double wait, boolean again) {
		this.waits[number] = wait;
		this.done.countDown();
		if (again) {
			call(true);
		}
	}

}
