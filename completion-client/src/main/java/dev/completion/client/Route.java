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

import java.util.function.Supplier;

import reactor.core.publisher.Flux;

/**
 * Strategy for sending the attempts of a call to the server. All attempts use the same
 * path, unless the default methods are overridden.
 *
 * @param <T> the type of the results
 */
interface Route<T> {

	/**
	 * Begin a call.
	 * @param attempts supplies the results of its attempts
	 * @return the results of the call
	 */
	default Flux<T> begin(Supplier<Flux<T>> attempts) {
		return attempts.get();
	}

	/**
	 * Return the request of the next attempt.
	 * @throws AttemptFailure if the API does not support the request
	 */
	ApiRequest request();

	/**
	 * Make an attempt.
	 */
	Flux<T> exchange(ApiRequest request, Credential credential, Attempt attempt);

	/**
	 * Return the API of the next attempt.
	 */
	default CompletionApi api() {
		return CompletionApi.TEXT_COMPLETIONS;
	}

	/**
	 * Return the id of the model that is requested, or an empty string if none is.
	 */
	default String model() {
		return "";
	}

	/**
	 * Switch to another API if the given failure requires it.
	 * @return whether the call continues with another API
	 */
	default boolean switchApi(Attempt attempt, AttemptFailure failure) {
		return false;
	}

	/**
	 * Called when the last attempt of the call has failed.
	 * @return the failure to report
	 */
	default AttemptFailure failed(Attempt attempt, AttemptFailure failure) {
		return failure;
	}

}
