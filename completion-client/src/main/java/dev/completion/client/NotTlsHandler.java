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
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import reactor.netty.NettyPipeline;

/**
 * Replaces the exception for a server that does not use TLS. Reactor Netty logs it, and
 * its message contains the bytes that the server has sent.
 */
final class NotTlsHandler extends ChannelInboundHandlerAdapter {

	private NotTlsHandler() {
	}

	static void install(ChannelPipeline pipeline) {
		if (pipeline.get(NettyPipeline.SslHandler) != null) {
			pipeline.addAfter(NettyPipeline.SslHandler, "completion.notTls", new NotTlsHandler());
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
		boolean isNotTls = event instanceof SslHandshakeCompletionEvent handshake
				&& handshake.cause() instanceof NotSslRecordException;
		super.userEventTriggered(context, isNotTls ? new SslHandshakeCompletionEvent(failure()) : event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
		boolean isNotTls = cause instanceof NotSslRecordException || cause.getCause() instanceof NotSslRecordException;
		super.exceptionCaught(context, isNotTls ? failure() : cause);
	}

	private static NotSslRecordException failure() {
		return new NotSslRecordException("The server does not use TLS");
	}

}
