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

import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

import dev.completion.client.error.CompletionClientException;
import dev.completion.client.error.UnsupportedRequestException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.http.HttpHeaders;

/**
 * Notifies listeners of the end of a call. A listener that fails does not affect the
 * call.
 *
 * @param listeners the listeners
 */
record CallListeners(List<CallListener> listeners) {

	static final CallListeners NONE = new CallListeners(List.of());

	private static final Log logger = LogFactory.getLog(CallListeners.class);

	void succeeded(Call call) {
		if (!this.listeners.isEmpty()) {
			HttpHeaders headers = Objects.requireNonNull(call.response()).headers();
			notifyListeners((listener) -> listener.onSuccess(headers));
		}
	}

	void failed(CompletionClientException error) {
		if (!(error instanceof UnsupportedRequestException)) {
			notifyListeners((listener) -> listener.onError(error));
		}
	}

	private void notifyListeners(Consumer<CallListener> event) {
		for (CallListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				FatalErrors.throwIfFatal(ex);
				logger.warn("Call listener failed", ex);
			}
		}
	}

}
