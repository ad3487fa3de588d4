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

package dev.completion.samples.benchmark;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Answers as fast as it can, with bytes that are made beforehand. The path of a request
 * tells how: see {@link Behaviour}.
 */
// a write that fails closes the connection
@SuppressWarnings("FutureReturnValueIgnored")
public final class BenchmarkServer {

	private static final int CHUNK_BYTES = 8192;

	private static final int MAX_REQUEST_BYTES = 1_000_000;

	private static final long PACE_MILLIS = 50;

	private static final ByteBuf LAST_CHUNK = constant("0\r\n\r\n");

	private static final ByteBuf STREAM_HEAD = constant(
			"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nrequest-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\ntransfer-encoding: chunked\r\n\r\n");

	private BenchmarkServer() {
	}

	/**
	 * Run the server until its standard input ends.
	 * @param arguments none
	 * @throws Exception if it cannot run
	 */
	public static void main(String... arguments) throws Exception {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
		Channel channel = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, 8192)
			.childOption(ChannelOption.TCP_NODELAY, true)
			.childHandler(new ChannelInitializer<Channel>() {

				@Override
				protected void initChannel(Channel child) {
					child.pipeline()
						.addLast(new HttpRequestDecoder(), new HttpObjectAggregator(MAX_REQUEST_BYTES), new Answers());
				}

			})
			.bind("127.0.0.1", 0)
			.sync()
			.channel();
		System.out.println(((InetSocketAddress) channel.localAddress()).getPort());
		System.in.transferTo(OutputStream.nullOutputStream());
		group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
	}

	private static ByteBuf constant(String text) {
		return constant(Payload.utf8(text));
	}

	private static ByteBuf constant(byte[] bytes) {
		return Unpooled.unreleasableBuffer(Unpooled.directBuffer(bytes.length).writeBytes(bytes).asReadOnly());
	}

	private static byte[] chunk(byte[] content) {
		ByteArrayOutputStream chunk = new ByteArrayOutputStream(content.length + 16);
		chunk.writeBytes((Integer.toHexString(content.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
		chunk.writeBytes(content);
		chunk.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
		return chunk.toByteArray();
	}

	private static final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {

		private static final Map<String, ByteBuf> READY = new ConcurrentHashMap<>();

		@Override
		protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
			String path = request.uri();
			Behaviour behaviour = Behaviour.parse(path);
			Payload payload = Payload.of(path);
			switch (behaviour.pace()) {
				case BULK -> context.writeAndFlush(ready(path, () -> bulk(payload, behaviour)));
				case WHOLE -> context.writeAndFlush(ready(path, () -> whole(payload)));
				default -> {
					context.writeAndFlush(STREAM_HEAD.duplicate());
					send(context, path + "#begin", payload.begin());
					next(context, path, payload, behaviour, 0);
				}
			}
		}

		private static ByteBuf ready(String path, Supplier<ByteBuf> content) {
			return READY.computeIfAbsent(path, (key) -> content.get()).duplicate();
		}

		private static ByteBuf whole(Payload payload) {
			String body = payload.whole(Payload.WHOLE_TEXT);
			return constant(
					"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nrequest-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\ncontent-length: "
							+ Payload.utf8(body).length + "\r\n\r\n" + body);
		}

		private static ByteBuf bulk(Payload payload, Behaviour behaviour) {
			ByteArrayOutputStream response = new ByteArrayOutputStream();
			response.writeBytes(ByteBufUtil.getBytes(STREAM_HEAD));
			StringBuilder pending = new StringBuilder(payload.begin());
			for (int i = 0; i < behaviour.events(); i++) {
				pending.append(payload.delta(behaviour.text(i)));
				if (pending.length() >= CHUNK_BYTES) {
					response.writeBytes(chunk(Payload.utf8(pending.toString())));
					pending.setLength(0);
				}
			}
			pending.append(payload.end());
			response.writeBytes(chunk(Payload.utf8(pending.toString())));
			response.writeBytes(ByteBufUtil.getBytes(LAST_CHUNK));
			return constant(response.toByteArray());
		}

		private static void next(ChannelHandlerContext context, String path, Payload payload, Behaviour behaviour,
				int index) {
			if (!context.channel().isActive()) {
				return;
			}
			if (index < behaviour.events()) {
				send(context, path + "#" + index % Payload.TEXTS.size(), payload.delta(behaviour.text(index)));
				Runnable following = () -> next(context, path, payload, behaviour, index + 1);
				if (behaviour.pace() == Behaviour.Pace.PACED) {
					context.executor().schedule(following, PACE_MILLIS, TimeUnit.MILLISECONDS);
				}
				else {
					context.executor().execute(following);
				}
			}
			else if (behaviour.pace() != Behaviour.Pace.IDLE) {
				send(context, path + "#end", payload.end());
				context.writeAndFlush(LAST_CHUNK.duplicate());
			}
		}

		private static void send(ChannelHandlerContext context, String key, String events) {
			if (!events.isEmpty()) {
				context.writeAndFlush(ready(key, () -> constant(chunk(Payload.utf8(events)))));
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			// peers close connections as they like
			context.close();
		}

	}

}
