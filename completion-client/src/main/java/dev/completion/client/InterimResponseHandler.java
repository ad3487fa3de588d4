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

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Drops interim responses, because Reactor Netty treats an interim response on a reused
 * connection as the final response. All invalid responses fail with the same type of
 * exception.
 */
final class InterimResponseHandler extends ChannelInboundHandlerAdapter {

	private boolean interim;

	private InterimResponseHandler() {
	}

	static void install(ChannelPipeline pipeline) {
		pipeline.addAfter(NettyPipeline.HttpCodec, "completion.interimResponse", new InterimResponseHandler());
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpResponse response) {
			checkStatus(response);
			this.interim = isInterim(response);
		}
		if (message instanceof HttpObject object) {
			nameFailure(object);
		}
		if (!this.interim) {
			super.channelRead(context, message);
			return;
		}
		ReferenceCountUtil.release(message);
		if (message instanceof LastHttpContent) {
			context.read();
		}
	}

	// any other status is not valid HTTP, and Spring Framework would fail on it
	private static void checkStatus(HttpResponse response) {
		int status = response.status().code();
		if (response.decoderResult().isSuccess() && (status < 100 || status > 999)) {
			response.setDecoderResult(DecoderResult.failure(new DecoderException("Status " + status)));
		}
	}

	static boolean isInterim(HttpResponse response) {
		int status = response.status().code();
		return response.decoderResult().isSuccess() && status >= 100 && status < 200 && status != 101;
	}

	/**
	 * Replace exceptions that Netty reports for a response that is not valid HTTP, such
	 * as {@link NumberFormatException}, by a {@link DecoderException}. It has no cause,
	 * since Reactor Netty logs it, and those of Netty quote the response.
	 */
	private static void nameFailure(HttpObject object) {
		Throwable cause = object.decoderResult().cause();
		if (cause != null && !(cause instanceof CodecException)) {
			object.setDecoderResult(DecoderResult.failure(new DecoderException("The response is not valid HTTP")));
		}
	}

}
