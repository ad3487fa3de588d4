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
 * The model that completes the prompt. The set is open: {@link #of(String)} accepts any
 * name.
 * <p>
 * Current models of the vendor, all of which use the Messages API:
 * <ul>
 * <li>{@link #CLAUDE_HAIKU_5_5} for high-volume, low-latency requests, such as
 * classification; the fastest and least expensive model</li>
 * <li>{@link #CLAUDE_SONNET_5_5} for coding and agents, at a medium price</li>
 * <li>{@link #CLAUDE_OPUS_5_5} for complex coding, knowledge work and long-running
 * agents</li>
 * <li>{@link #CLAUDE_FABLE_5_2} for the most demanding tasks in coding, business
 * processes and science</li>
 * <li>{@link #CLAUDE_MYTHOS_5_2} for research in security and life sciences; available
 * only to verified organizations</li>
 * </ul>
 * <p>
 * The constants are the models of the API reference, in its order and with its
 * descriptions, then other models, then those of the Claude 2 and Instant families.
 * Constants of models that the vendor has retired are deprecated. Gateways and compatible
 * servers may still serve them.
 *
 * @since 0.1.0
 */
public final class Model {

	/**
	 * High-performance model with early extended thinking.
	 * @deprecated retired by the vendor on 2026-02-19
	 */
	@Deprecated
	public static final Model CLAUDE_3_7_SONNET_LATEST = new Model("claude-3-7-sonnet-latest");

	/**
	 * High-performance model with early extended thinking.
	 * @deprecated retired by the vendor on 2026-02-19
	 */
	@Deprecated
	public static final Model CLAUDE_3_7_SONNET_20250219 = new Model("claude-3-7-sonnet-20250219");

	/**
	 * Fastest and most compact model for near-instant responsiveness.
	 * @deprecated retired by the vendor on 2026-02-19
	 */
	@Deprecated
	public static final Model CLAUDE_3_5_HAIKU_LATEST = new Model("claude-3-5-haiku-latest");

	/**
	 * Our fastest model.
	 * @deprecated retired by the vendor on 2026-02-19
	 */
	@Deprecated
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
	 * High-performance model with extended thinking.
	 * @deprecated retired by the vendor on 2026-06-15
	 */
	@Deprecated
	public static final Model CLAUDE_SONNET_4_20250514 = new Model("claude-sonnet-4-20250514");

	/**
	 * High-performance model with extended thinking.
	 * @deprecated retired by the vendor on 2026-06-15
	 */
	@Deprecated
	public static final Model CLAUDE_SONNET_4_0 = new Model("claude-sonnet-4-0");

	/**
	 * High-performance model with extended thinking.
	 * @deprecated retired by the vendor on 2026-06-15
	 */
	@Deprecated
	public static final Model CLAUDE_4_SONNET_20250514 = new Model("claude-4-sonnet-20250514");

	/**
	 * Our best model for real-world agents and coding.
	 * @deprecated retired by the vendor on 2026-11-30
	 */
	@Deprecated
	public static final Model CLAUDE_SONNET_4_5 = new Model("claude-sonnet-4-5");

	/**
	 * Our best model for real-world agents and coding.
	 * @deprecated retired by the vendor on 2026-11-30
	 */
	@Deprecated
	public static final Model CLAUDE_SONNET_4_5_20250929 = new Model("claude-sonnet-4-5-20250929");

	/**
	 * Our most capable model.
	 * @deprecated retired by the vendor on 2026-06-15
	 */
	@Deprecated
	public static final Model CLAUDE_OPUS_4_0 = new Model("claude-opus-4-0");

	/**
	 * Our most capable model.
	 * @deprecated retired by the vendor on 2026-06-15
	 */
	@Deprecated
	public static final Model CLAUDE_OPUS_4_20250514 = new Model("claude-opus-4-20250514");

	/**
	 * Our most capable model.
	 * @deprecated retired by the vendor on 2026-06-15
	 */
	@Deprecated
	public static final Model CLAUDE_4_OPUS_20250514 = new Model("claude-4-opus-20250514");

	/**
	 * Our most capable model.
	 * @deprecated retired by the vendor on 2026-08-05
	 */
	@Deprecated
	public static final Model CLAUDE_OPUS_4_1_20250805 = new Model("claude-opus-4-1-20250805");

	/**
	 * Excels at writing and complex tasks.
	 * @deprecated retired by the vendor on 2026-01-05
	 */
	@Deprecated
	public static final Model CLAUDE_3_OPUS_LATEST = new Model("claude-3-opus-latest");

	/**
	 * Excels at writing and complex tasks.
	 * @deprecated retired by the vendor on 2026-01-05
	 */
	@Deprecated
	public static final Model CLAUDE_3_OPUS_20240229 = new Model("claude-3-opus-20240229");

	/**
	 * Our previous most fast and cost-effective.
	 * @deprecated retired by the vendor on 2026-04-20
	 */
	@Deprecated
	public static final Model CLAUDE_3_HAIKU_20240307 = new Model("claude-3-haiku-20240307");

	/**
	 * For high-volume, low-latency requests, such as classification. The fastest and
	 * least expensive of the current models.
	 */
	public static final Model CLAUDE_HAIKU_5_5 = new Model("claude-haiku-5-5");

	/**
	 * For coding and agents, at a medium price.
	 */
	public static final Model CLAUDE_SONNET_5_5 = new Model("claude-sonnet-5-5");

	/**
	 * For the most demanding tasks in coding, business processes and science.
	 */
	public static final Model CLAUDE_FABLE_5_2 = new Model("claude-fable-5-2");

	/**
	 * Predecessor of {@link #CLAUDE_FABLE_5_2}.
	 */
	public static final Model CLAUDE_FABLE_5_1 = new Model("claude-fable-5-1");

	/**
	 * For complex coding, knowledge work and long-running agents.
	 */
	public static final Model CLAUDE_OPUS_5_5 = new Model("claude-opus-5-5");

	/**
	 * For research in security and life sciences. Available only to verified
	 * organizations.
	 */
	public static final Model CLAUDE_MYTHOS_5_2 = new Model("claude-mythos-5-2");

	/**
	 * Predecessor of {@link #CLAUDE_MYTHOS_5_2}, with the same restriction.
	 */
	public static final Model CLAUDE_MYTHOS_5_1 = new Model("claude-mythos-5-1");

	/**
	 * Predecessor of {@link #CLAUDE_SONNET_5_5}.
	 */
	public static final Model CLAUDE_SONNET_5 = new Model("claude-sonnet-5");

	/**
	 * Predecessor of {@link #CLAUDE_FABLE_5_1}.
	 */
	public static final Model CLAUDE_FABLE_5 = new Model("claude-fable-5");

	/**
	 * Predecessor of {@link #CLAUDE_MYTHOS_5_1}, with the same restriction.
	 */
	public static final Model CLAUDE_MYTHOS_5 = new Model("claude-mythos-5");

	/**
	 * Predecessor of {@link #CLAUDE_OPUS_5_5}.
	 */
	public static final Model CLAUDE_OPUS_5 = new Model("claude-opus-5");

	/**
	 * Predecessor of {@link #CLAUDE_OPUS_5}.
	 */
	public static final Model CLAUDE_OPUS_4_8 = new Model("claude-opus-4-8");

	/**
	 * Predecessor of {@link #CLAUDE_OPUS_4_8}.
	 */
	public static final Model CLAUDE_OPUS_4_7 = new Model("claude-opus-4-7");

	/**
	 * A preview model.
	 * @deprecated deprecated by the vendor
	 */
	@Deprecated
	public static final Model CLAUDE_MYTHOS_PREVIEW = new Model("claude-mythos-preview");

	/**
	 * Predecessor of {@link #CLAUDE_OPUS_4_7}. Accepts sampling parameters, but no
	 * prefill.
	 */
	public static final Model CLAUDE_OPUS_4_6 = new Model("claude-opus-4-6");

	/**
	 * Predecessor of {@link #CLAUDE_SONNET_5}. Accepts sampling parameters, but no
	 * prefill.
	 */
	public static final Model CLAUDE_SONNET_4_6 = new Model("claude-sonnet-4-6");

	/**
	 * Predecessor of {@link #CLAUDE_OPUS_4_6}. Accepts sampling parameters and a prefill.
	 * The vendor retires it on 2027-01-22.
	 */
	public static final Model CLAUDE_OPUS_4_5 = new Model("claude-opus-4-5");

	/**
	 * Snapshot of {@link #CLAUDE_OPUS_4_5} dated 2025-11-01.
	 */
	public static final Model CLAUDE_OPUS_4_5_20251101 = new Model("claude-opus-4-5-20251101");

	/**
	 * Claude 2.1, a model of the Text Completions API.
	 * @deprecated retired by the vendor on 2025-07-21; compatible servers may still serve
	 * the name
	 */
	@Deprecated
	public static final Model CLAUDE_2_1 = new Model("claude-2.1");

	/**
	 * Claude 2.0, a model of the Text Completions API.
	 * @deprecated retired by the vendor on 2025-07-21; compatible servers may still serve
	 * the name
	 */
	@Deprecated
	public static final Model CLAUDE_2_0 = new Model("claude-2.0");

	/**
	 * Claude 2, the latest of its line.
	 * @deprecated retired by the vendor on 2025-07-21; compatible servers may still serve
	 * the name
	 */
	@Deprecated
	public static final Model CLAUDE_2 = new Model("claude-2");

	/**
	 * Claude Instant 1.2, a model of the Text Completions API.
	 * @deprecated retired by the vendor on 2024-11-06; compatible servers may still serve
	 * the name
	 */
	@Deprecated
	public static final Model CLAUDE_INSTANT_1_2 = new Model("claude-instant-1.2");

	/**
	 * Claude Instant 1, the latest of its line.
	 * @deprecated retired by the vendor on 2024-11-06; compatible servers may still serve
	 * the name
	 */
	@Deprecated
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
