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

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The model that completes the prompt. The set is open: the constants are the models of
 * the API reference, in its order and with its descriptions, then the other current ones,
 * then those of the Claude 2 and Instant families, and {@link #of(String)} takes any
 * other.
 * <p>
 * Dates of retirement are those of the vendor's own service.
 *
 * @since 0.1.0
 */
public final class Model {

	/**
	 * High-performance model with early extended thinking. Retired on 2026-02-19.
	 */
	public static final Model CLAUDE_3_7_SONNET_LATEST = new Model("claude-3-7-sonnet-latest");

	/**
	 * High-performance model with early extended thinking. Retired on 2026-02-19.
	 */
	public static final Model CLAUDE_3_7_SONNET_20250219 = new Model("claude-3-7-sonnet-20250219");

	/**
	 * Fastest and most compact model for near-instant responsiveness. Retired on
	 * 2026-02-19.
	 */
	public static final Model CLAUDE_3_5_HAIKU_LATEST = new Model("claude-3-5-haiku-latest");

	/**
	 * Our fastest model. Retired on 2026-02-19.
	 */
	public static final Model CLAUDE_3_5_HAIKU_20241022 = new Model("claude-3-5-haiku-20241022");

	/**
	 * Hybrid model, capable of near-instant responses and extended thinking.
	 */
	public static final Model CLAUDE_HAIKU_4_5 = new Model("claude-haiku-4-5");

	/**
	 * Hybrid model, capable of near-instant responses and extended thinking.
	 */
	public static final Model CLAUDE_HAIKU_4_5_20251001 = new Model("claude-haiku-4-5-20251001");

	/**
	 * High-performance model with extended thinking. Retired on 2026-06-15.
	 */
	public static final Model CLAUDE_SONNET_4_20250514 = new Model("claude-sonnet-4-20250514");

	/**
	 * High-performance model with extended thinking. Retired on 2026-06-15.
	 */
	public static final Model CLAUDE_SONNET_4_0 = new Model("claude-sonnet-4-0");

	/**
	 * High-performance model with extended thinking. Retired on 2026-06-15.
	 */
	public static final Model CLAUDE_4_SONNET_20250514 = new Model("claude-4-sonnet-20250514");

	/**
	 * Our best model for real-world agents and coding. Deprecated; its end of life is
	 * 2026-11-30.
	 */
	public static final Model CLAUDE_SONNET_4_5 = new Model("claude-sonnet-4-5");

	/**
	 * Our best model for real-world agents and coding. Deprecated; its end of life is
	 * 2026-11-30.
	 */
	public static final Model CLAUDE_SONNET_4_5_20250929 = new Model("claude-sonnet-4-5-20250929");

	/**
	 * Our most capable model. Retired on 2026-06-15.
	 */
	public static final Model CLAUDE_OPUS_4_0 = new Model("claude-opus-4-0");

	/**
	 * Our most capable model. Retired on 2026-06-15.
	 */
	public static final Model CLAUDE_OPUS_4_20250514 = new Model("claude-opus-4-20250514");

	/**
	 * Our most capable model. Retired on 2026-06-15.
	 */
	public static final Model CLAUDE_4_OPUS_20250514 = new Model("claude-4-opus-20250514");

	/**
	 * Our most capable model. Retired on 2026-08-05.
	 */
	public static final Model CLAUDE_OPUS_4_1_20250805 = new Model("claude-opus-4-1-20250805");

	/**
	 * Excels at writing and complex tasks. Retired on 2026-01-05.
	 */
	public static final Model CLAUDE_3_OPUS_LATEST = new Model("claude-3-opus-latest");

	/**
	 * Excels at writing and complex tasks. Retired on 2026-01-05.
	 */
	public static final Model CLAUDE_3_OPUS_20240229 = new Model("claude-3-opus-20240229");

	/**
	 * Our previous most fast and cost-effective. Retired on 2026-04-20.
	 */
	public static final Model CLAUDE_3_HAIKU_20240307 = new Model("claude-3-haiku-20240307");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_HAIKU_5_5 = new Model("claude-haiku-5-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_SONNET_5_5 = new Model("claude-sonnet-5-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_FABLE_5_2 = new Model("claude-fable-5-2");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_FABLE_5_1 = new Model("claude-fable-5-1");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_5_5 = new Model("claude-opus-5-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_MYTHOS_5_2 = new Model("claude-mythos-5-2");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_MYTHOS_5_1 = new Model("claude-mythos-5-1");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_SONNET_5 = new Model("claude-sonnet-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_FABLE_5 = new Model("claude-fable-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_MYTHOS_5 = new Model("claude-mythos-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_5 = new Model("claude-opus-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_4_8 = new Model("claude-opus-4-8");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_4_7 = new Model("claude-opus-4-7");

	/**
	 * A preview model. Deprecated.
	 */
	public static final Model CLAUDE_MYTHOS_PREVIEW = new Model("claude-mythos-preview");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_4_6 = new Model("claude-opus-4-6");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_SONNET_4_6 = new Model("claude-sonnet-4-6");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_4_5 = new Model("claude-opus-4-5");

	/**
	 * A current model.
	 */
	public static final Model CLAUDE_OPUS_4_5_20251101 = new Model("claude-opus-4-5-20251101");

	/**
	 * Claude 2.1, a model of the Text Completions API. Retired on 2025-07-21; compatible
	 * servers may still serve the name.
	 */
	public static final Model CLAUDE_2_1 = new Model("claude-2.1");

	/**
	 * Claude 2.0, a model of the Text Completions API. Retired on 2025-07-21; compatible
	 * servers may still serve the name.
	 */
	public static final Model CLAUDE_2_0 = new Model("claude-2.0");

	/**
	 * Claude 2, the latest of its line. Retired on 2025-07-21; compatible servers may
	 * still serve the name.
	 */
	public static final Model CLAUDE_2 = new Model("claude-2");

	/**
	 * Claude Instant 1.2, a model of the Text Completions API. Retired on 2024-11-06;
	 * compatible servers may still serve the name.
	 */
	public static final Model CLAUDE_INSTANT_1_2 = new Model("claude-instant-1.2");

	/**
	 * Claude Instant 1, the latest of its line. Retired on 2024-11-06; compatible servers
	 * may still serve the name.
	 */
	public static final Model CLAUDE_INSTANT_1 = new Model("claude-instant-1");

	private final String id;

	private Model(String id) {
		this.id = id;
	}

	/**
	 * Return the model with the given id.
	 * @param id the id on the wire, such as {@code claude-sonnet-4-5}; must not be blank
	 * @return the model
	 */
	@JsonCreator
	public static Model of(String id) {
		Assert.hasText(id, "'id' must not be blank");
		return new Model(id);
	}

	/**
	 * Return the id on the wire.
	 * @return the id
	 */
	@JsonValue
	public String id() {
		return this.id;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return (other instanceof Model that) && this.id.equals(that.id);
	}

	@Override
	public int hashCode() {
		return this.id.hashCode();
	}

	@Override
	public String toString() {
		return this.id;
	}

}
