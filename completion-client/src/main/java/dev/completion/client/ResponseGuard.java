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

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Sees to it that whoever sent a request gets the answer to that request. On a connection
 * that is used again, Reactor Netty takes an interim response for the final one, and a
 * response that nobody asked for as the answer to the next request. A response that comes
 * before its request was sent is lost when the rest cannot be sent any more.
 */
final class ResponseGuard extends ChannelDuplexHandler {

	// a request was sent, and its answer has not ended
	private boolean expecting;

	// the bytes that are being decoded
	private @Nullable ByteBuf reading;

	// there were more of them when an answer ended
	private boolean bytesLeft;

	// the end of an answer, held back until the bytes it came with are read: what else is
	// in them cannot answer a later request
	private @Nullable Runnable end;

	// each fails a part of a request that could not be sent
	private final List<Runnable> sendFailures = new ArrayList<>(0);

	private boolean interim;

	private boolean refused;

	private ResponseGuard() {
	}

	static void install(ChannelPipeline pipeline) {
		ResponseGuard guard = new ResponseGuard();
		pipeline.addBefore(NettyPipeline.HttpCodec, "completion.bytesGuard", guard.new BytesGuard());
		pipeline.addAfter(NettyPipeline.HttpCodec, "completion.responseGuard", guard);
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		if (message instanceof HttpRequest) {
			this.expecting = true;
		}
		ChannelPromise sent = context.newPromise();
		sent.addListener((result) -> sent(context, promise, result.cause()));
		super.write(context, message, sent);
	}

	/**
	 * Tell that a part of a request was sent. If it could not be, the server may have
	 * refused the request and closed the connection, and what it said may wait to be
	 * read: the failure is told once there is nothing more to read.
	 */
	private void sent(ChannelHandlerContext context, ChannelPromise promise, @Nullable Throwable failure) {
		if (failure == null) {
			promise.trySuccess();
		}
		else if (failure instanceof IOException && context.channel().isActive()) {
			this.sendFailures.add(() -> promise.tryFailure(failure));
			context.read();
		}
		else {
			promise.tryFailure(failure);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		this.sendFailures.forEach(Runnable::run);
		super.channelInactive(context);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		if (message instanceof HttpResponse response) {
			checkStatus(response);
			this.interim = isInterim(response);
			if (!this.expecting || this.end != null) {
				refuse(context);
			}
		}
		if (message instanceof HttpObject object) {
			nameFailure(object);
		}
		boolean last = message instanceof LastHttpContent;
		if (this.refused || this.interim) {
			ReferenceCountUtil.release(message);
			if (last && this.interim) {
				context.read();
			}
			return;
		}
		if (last && this.reading != null) {
			// looked at now, since the codec goes on with what is left
			this.bytesLeft = this.reading.isReadable();
			this.end = () -> context.fireChannelRead(message);
			return;
		}
		super.channelRead(context, message);
	}

	/**
	 * Tell that all bytes were read that came with the end of an answer. The connection
	 * is closed first if it cannot be used again, so that nobody does.
	 */
	private void end(ChannelHandlerContext context, Runnable end) {
		this.end = null;
		this.expecting = false;
		if (this.bytesLeft) {
			refuse(context);
		}
		end.run();
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

	/**
	 * Netty reports what is no HTTP by any exception, such as a bare
	 * NumberFormatException. Make one kind of it that comes from nowhere else.
	 */
	private static void nameFailure(HttpObject object) {
		Throwable cause = object.decoderResult().cause();
		if (cause != null && !(cause instanceof CodecException)) {
			object.setDecoderResult(DecoderResult.failure(new DecoderException(cause)));
		}
	}

	private static boolean isInterim(HttpResponse response) {
		int status = response.status().code();
		return response.decoderResult().isSuccess() && status < 200 && status != 101;
	}

	/**
	 * Sees the bytes before they are decoded. Closes a connection on which bytes arrive
	 * though nothing was asked.
	 */
	private final class BytesGuard extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			ResponseGuard guard = ResponseGuard.this;
			if (!guard.expecting) {
				ReferenceCountUtil.release(message);
				guard.refuse(context);
				return;
			}
			ByteBuf bytes = ((ByteBuf) message).retain();
			guard.reading = bytes;
			try {
				super.channelRead(context, message);
			}
			finally {
				guard.reading = null;
				bytes.release();
				Runnable end = guard.end;
				if (end != null) {
					guard.end(context, end);
				}
			}
		}

	}

}
