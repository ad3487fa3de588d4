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

package dev.completion.boot.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Converts values of properties, which are mostly text, to values that are written as the
 * JSON that they represent.
 */
final class JsonValue {

	private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.build();

	private JsonValue() {
	}

	/**
	 * Convert a value.
	 * @param name the name of the property
	 * @param value the value, as the binder creates it
	 * @return the converted value, or {@code null} if it is empty, which counts as not
	 * set
	 */
	static @Nullable Object of(String name, @Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			// the binder creates maps for lists too
			return map.containsKey("0") ? ofList(name, map) : ofMap(name, map);
		}
		if (!(value instanceof String text)) {
			return value;
		}
		SettingMapper.checkPlaceholders(name, text);
		return text.isEmpty() ? null : ofText(text);
	}

	private static Object ofText(String text) {
		boolean json = text.startsWith("{") || text.startsWith("[") || text.equals("true") || text.equals("false")
				|| NUMBER.matcher(text).matches();
		try {
			return json ? MAPPER.readValue(text, Object.class) : text;
		}
		catch (JacksonException | NumberFormatException ex) {
			return text;
		}
	}

	private static @Nullable Object ofMap(String name, Map<?, ?> map) {
		Map<String, Object> values = new LinkedHashMap<>();
		map.forEach((key, nested) -> {
			Object value = of(name + "." + key, nested);
			if (value != null) {
				values.put(String.valueOf(key), value);
			}
		});
		return !values.isEmpty() ? values : null;
	}

	private static List<Object> ofList(String name, Map<?, ?> map) {
		List<Object> elements = new ArrayList<>();
		for (int i = 0; i < map.size(); i++) {
			String index = String.valueOf(i);
			SettingMapper.check(name, map.containsKey(index), "a list must have an element for each index from 0 on");
			Object element = of(name + "[" + index + "]", map.get(index));
			elements.add((element != null) ? element : "");
		}
		return elements;
	}

}
