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

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;

/**
 * Sees to it that whoever sent a request gets the answer to that request. On a connection
 * that is used again, Reactor Netty takes an interim response for the final one, and a
 * response that nobody asked for as the answer to the next request.
 */
final class ResponseGuard extends ChannelDuplexHandler {

	// a request was sent, and its answer has not ended
	private boolean expecting;

	// the answer ended in the bytes that are being read: what else is in them cannot
	// answer a later request
	private boolean ended;

	private boolean interim;

	private boolean refused;

	private ResponseGuard() {
	}

	static void install(ChannelPipeline pipeline) {
		ResponseGuard guard = new ResponseGuard();
		pipeline.addBefore(NettyPipeline.HttpCodec, "completion.idleGuard", guard.new IdleGuard());
		pipeline.addAfter(NettyPipeline.HttpCodec, "completion.responseGuard", guard);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		if (message instanceof HttpRequest) {
			this.expecting = true;
		}
		super.write(context, message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpResponse response) {
			checkStatus(response);
			this.interim = isInterim(response);
			if (!this.expecting || this.ended) {
				refuse(context);
			}
		}
		boolean last = message instanceof LastHttpContent;
		if (this.refused || this.interim) {
			ReferenceCountUtil.release(message);
			if (last && this.interim) {
				context.read();
			}
			return;
		}
		if (last) {
			this.expecting = false;
			this.ended = true;
		}
		super.channelRead(context, message);
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) throws Exception {
		this.ended = false;
		super.channelReadComplete(context);
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the end of it
	private void refuse(ChannelHandlerContext context) {
		this.refused = true;
		context.close();
	}

	// what is no status is no HTTP, and Framework would fail on it
	private static void checkStatus(HttpResponse response) {
		int status = response.status().code();
		if (response.decoderResult().isSuccess() && (status < 100 || status > 999)) {
			response.setDecoderResult(DecoderResult.failure(new DecoderException("Status " + status)));
		}
	}

	private static boolean isInterim(HttpResponse response) {
		int status = response.status().code();
		return response.decoderResult().isSuccess() && status < 200 && status != 101;
	}

	/**
	 * Closes a connection on which bytes arrive though nothing was asked.
	 */
	private final class IdleGuard extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			if (ResponseGuard.this.expecting) {
				super.channelRead(context, message);
				return;
			}
			ReferenceCountUtil.release(message);
			refuse(context);
		}

	}

}
