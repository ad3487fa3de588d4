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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * What this JVM has used so far.
 *
 * @param cpuNanos the CPU time, but for that of the JIT's threads
 * @param allocatedBytes the bytes that its threads have allocated; before Java 21 only of
 * those that live
 */
record Resources(long cpuNanos, long allocatedBytes) {

	private static final Path THREADS = Path.of("/proc/self/task");

	static Resources now() {
		OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
		return new Resources(system.getProcessCpuTime() - jitNanos(), allocated());
	}

	private static long allocated() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		try {
			Object total = ThreadMXBean.class.getMethod("getTotalThreadAllocatedBytes").invoke(threads);
			return (long) Objects.requireNonNull(total);
		}
		catch (ReflectiveOperationException ex) {
			// before Java 21 only those that live are known
			return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
				.filter((bytes) -> bytes > 0)
				.sum();
		}
	}

	Resources minus(Resources earlier) {
		return new Resources(this.cpuNanos - earlier.cpuNanos, this.allocatedBytes - earlier.allocatedBytes);
	}

	/**
	 * Return the CPU time of the threads that compile, which Java does not tell, but
	 * Linux does. They must not end, so the JVM is to run with
	 * {@code -XX:-UseDynamicNumberOfCompilerThreads}.
	 */
	static long jitNanos() {
		try (Stream<Path> threads = Files.list(THREADS)) {
			return threads.filter((thread) -> read(thread.resolve("comm")).contains("CompilerThre"))
				.mapToLong((thread) -> Long.parseLong(read(thread.resolve("schedstat")).split(" ", 2)[0]))
				.sum();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			// the thread has ended
			return "";
		}
	}

	/**
	 * Return the bytes of heap that are in use after a collection.
	 */
	static long heapBytes() {
		for (int i = 0; i < 3; i++) {
			System.gc();
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	static int threads() {
		return ManagementFactory.getThreadMXBean().getThreadCount();
	}

}
