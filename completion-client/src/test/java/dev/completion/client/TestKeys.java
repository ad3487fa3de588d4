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

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider;

/**
 * Certificates that an authority of our own has signed.
 */
final class TestKeys {

	private static final String AUTHORITY = "authority";

	private static final char[] PASSWORD = "password".toCharArray();

	private final Path directory;

	TestKeys(Path directory) {
		this.directory = directory;
		generate(AUTHORITY, "-ext", "bc:c");
	}

	/**
	 * Make a certificate of the given name.
	 * @param alias what it is called in these keys
	 * @param host whom it is for
	 * @param options further options of the key tool
	 */
	void generate(String alias, String host, List<String> options) {
		List<String> all = new ArrayList<>(options);
		all.addAll(List.of("-signer", AUTHORITY, "-ext", "san=" + host));
		generate(alias, all.toArray(String[]::new));
	}

	private void generate(String alias, String... options) {
		List<String> command = new ArrayList<>(
				List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "keytool",
						"-genkeypair", "-keystore", store().toString(), "-storepass", new String(PASSWORD), "-alias",
						alias, "-keyalg", "EC", "-groupname", "secp256r1", "-dname", "CN=" + alias));
		command.addAll(List.of(options));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			byte[] output = process.getInputStream().readAllBytes();
			if (process.waitFor() != 0) {
				throw new IllegalStateException(new String(output, Charset.defaultCharset()));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Path store() {
		return this.directory.resolve("keys.p12");
	}

	private KeyStore keys() throws GeneralSecurityException, IOException {
		KeyStore keys = KeyStore.getInstance("PKCS12");
		try (InputStream stream = Files.newInputStream(store())) {
			keys.load(stream, PASSWORD);
		}
		return keys;
	}

	/**
	 * Return a TLS connection over the given one, on which the server has the given
	 * certificate. Closing it leaves the other open.
	 */
	SSLSocket secure(Socket socket, String alias) throws IOException {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keyManagers(alias).getKeyManagers(), null, null);
			SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(socket, null, 0, false);
			secure.setUseClientMode(false);
			return secure;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return what a server needs to have the given certificate.
	 */
	KeyManagerFactory keyManagers(String alias) {
		try {
			KeyStore all = keys();
			KeyStore one = KeyStore.getInstance("PKCS12");
			one.load(null, PASSWORD);
			one.setKeyEntry(alias, all.getKey(alias, PASSWORD), PASSWORD, all.getCertificateChain(alias));
			KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
			factory.init(one, PASSWORD);
			return factory;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return a client that trusts the authority.
	 */
	HttpClient trusting(HttpClient httpClient) {
		try {
			X509Certificate authority = (X509Certificate) keys().getCertificate(AUTHORITY);
			SslProvider.GenericSslContextSpec<?> spec = Http11SslContextSpec.forClient()
				.configure((context) -> context.trustManager(authority));
			return httpClient.secure((ssl) -> ssl.sslContext(spec));
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
