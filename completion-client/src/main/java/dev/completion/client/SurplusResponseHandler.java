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

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes a connection on which an unsolicited response arrives. Otherwise, Reactor Netty
 * would treat it as the response to the next request.
 * <p>
 * The end of a response releases its connection, on which the next request may be sent at
 * once. It is deferred until everything that was received with it has been read. If more
 * bytes follow the response, the connection is closed before it is released.
 */
final class SurplusResponseHandler extends ChannelDuplexHandler {

	private final BytesHandler bytes = new BytesHandler();

	private final TlsRecordHandler records = new TlsRecordHandler();

	// a request was sent, and its response has not ended
	private boolean expecting;

	// an interim response is being read, whose end is not that of the response
	private boolean interim;

	// the deferred end of a response
	private @Nullable Object end;

	private boolean refused;

	private SurplusResponseHandler() {
	}

	static void install(ChannelPipeline pipeline) {
		SurplusResponseHandler handler = new SurplusResponseHandler();
		if (pipeline.get(NettyPipeline.SslHandler) != null) {
			pipeline.addBefore(NettyPipeline.SslHandler, "completion.surplusRecords", handler.records);
		}
		pipeline.addBefore(NettyPipeline.HttpCodec, "completion.surplusBytes", handler.bytes);
		pipeline.addAfter(NettyPipeline.HttpCodec, "completion.surplusResponse", handler);
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
			this.interim = InterimResponseHandler.isInterim(response);
			if (!this.expecting || this.end != null) {
				refuse(context);
			}
		}
		if (this.refused) {
			ReferenceCountUtil.release(message);
		}
		else if (message instanceof LastHttpContent && !this.interim && this.bytes.isDecoding()) {
			this.end = message;
			this.bytes.ended();
		}
		else {
			super.channelRead(context, message);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) throws Exception {
		passOnEnd(context);
		super.channelReadComplete(context);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		passOnEnd(context);
		super.channelInactive(context);
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		ReferenceCountUtil.release(this.end);
		this.end = null;
	}

	private void passOnEnd(ChannelHandlerContext context) {
		Object end = this.end;
		if (end == null) {
			return;
		}
		this.end = null;
		this.expecting = false;
		if (this.bytes.isMoreExpected() || this.records.isMoreExpected()) {
			refuse(context);
		}
		context.fireChannelRead(end);
	}

	@SuppressWarnings("FutureReturnValueIgnored") // the result is not needed
	private void refuse(ChannelHandlerContext context) {
		this.refused = true;
		context.close();
	}

	/**
	 * Reads the bytes before they are decoded. Closes the connection if bytes arrive
	 * without a pending request. Bytes that the codec has not decoded are kept here
	 * instead of in the codec, which would hide whether bytes follow a response.
	 */
	private final class BytesHandler extends ChannelInboundHandlerAdapter {

		private @Nullable ByteBuf decoding;

		// more bytes were received than those of the response
		private boolean followed;

		// the read filled its buffer, so that there may be more in the socket
		private boolean full;

		private @Nullable ByteBuf undecoded;

		private boolean isMoreExpected() {
			return this.full || this.followed;
		}

		private boolean isDecoding() {
			return this.decoding != null;
		}

		/**
		 * Record that a response has ended. The codec continues with the remaining bytes.
		 */
		private void ended() {
			this.followed = this.decoding != null && this.decoding.isReadable();
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			if (!SurplusResponseHandler.this.expecting) {
				ReferenceCountUtil.release(message);
				refuse(context);
				return;
			}
			this.full = !SurplusResponseHandler.this.records.isInstalled() && !((ByteBuf) message).isWritable();
			ByteBuf bytes = withUndecoded(context, (ByteBuf) message).retain();
			this.decoding = bytes;
			this.followed |= SurplusResponseHandler.this.end != null;
			try {
				super.channelRead(context, bytes);
			}
			finally {
				this.decoding = null;
				this.undecoded = bytes.isReadable() ? bytes.readRetainedSlice(bytes.readableBytes()) : null;
				bytes.release();
			}
		}

		private ByteBuf withUndecoded(ChannelHandlerContext context, ByteBuf received) {
			ByteBuf undecoded = this.undecoded;
			if (undecoded == null) {
				return received;
			}
			this.undecoded = null;
			ByteBuf all = context.alloc().buffer(undecoded.readableBytes() + received.readableBytes());
			all.writeBytes(undecoded).writeBytes(received);
			undecoded.release();
			received.release();
			return all;
		}

		@Override
		public void handlerRemoved(ChannelHandlerContext context) {
			ReferenceCountUtil.release(this.undecoded);
			this.undecoded = null;
		}

	}

	/**
	 * Reads TLS records before they are decrypted, to know whether a record has arrived
	 * in part. Its bytes are not visible to the codec.
	 */
	private static final class TlsRecordHandler extends ChannelInboundHandlerAdapter {

		private static final int HEADER_LENGTH = 5;

		private boolean installed;

		private boolean full;

		private int headerLength;

		private int bodyLength;

		private boolean isInstalled() {
			return this.installed;
		}

		private boolean isMoreExpected() {
			return this.full || this.headerLength > 0;
		}

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.installed = true;
		}

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
			ByteBuf bytes = (ByteBuf) message;
			this.full = !bytes.isWritable();
			int index = bytes.readerIndex();
			while (index < bytes.writerIndex()) {
				index = (this.headerLength < HEADER_LENGTH) ? header(bytes, index) : body(bytes, index);
			}
			super.channelRead(context, message);
		}

		// the last two bytes of a header are the length of the body
		private int header(ByteBuf bytes, int index) {
			this.bodyLength = (this.bodyLength << 8 | bytes.getUnsignedByte(index)) & 0xFFFF;
			this.headerLength++;
			endRecord();
			return index + 1;
		}

		private int body(ByteBuf bytes, int index) {
			int length = Math.min(this.bodyLength, bytes.writerIndex() - index);
			this.bodyLength -= length;
			endRecord();
			return index + length;
		}

		private void endRecord() {
			if (this.headerLength == HEADER_LENGTH && this.bodyLength == 0) {
				this.headerLength = 0;
			}
		}

	}

}
