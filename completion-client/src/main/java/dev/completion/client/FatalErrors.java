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

package dev.completion.client;

/**
 * Detects errors that must not be handled.
 */
final class FatalErrors {

	private FatalErrors() {
	}

	/**
	 * Rethrow the given failure if it is a {@link VirtualMachineError}. Any other error,
	 * such as a missing class, and an overflow of the stack affect only the operation
	 * that failed.
	 */
	static void throwIfFatal(Throwable failure) {
		if (failure instanceof VirtualMachineError fatal && !(failure instanceof StackOverflowError)) {
			throw fatal;
		}
	}

}
