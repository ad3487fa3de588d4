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

import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A value that is derived from another, and derived again when that one changes.
 * <p>
 * Thread-safe, but two threads may both derive the value.
 *
 * @param <S> the type of what it is made of
 * @param <T> the type of the value
 */
final class MemoizedSupplier<S, T> implements Supplier<T> {

	private final Supplier<? extends S> source;

	private final Function<? super S, ? extends T> function;

	private volatile @Nullable Made<S, T> made;

	MemoizedSupplier(Supplier<? extends S> source, Function<? super S, ? extends T> function) {
		this.source = source;
		this.function = function;
	}

	@Override
	public T get() {
		S from = this.source.get();
		Made<S, T> made = this.made;
		if (made == null || !made.from().equals(from)) {
			made = new Made<>(from, this.function.apply(from));
			this.made = made;
		}
		return made.value();
	}

	private record Made<S, T>(S from, T value) {
	}

}
