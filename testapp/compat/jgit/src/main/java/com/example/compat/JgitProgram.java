package com.example.compat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.JDKHttpConnectionFactory;

/** The connection of JGit's HTTP transport, which wraps the JDK's. */
final class JgitProgram {
    private JgitProgram() {}

    public static void main(String[] arguments) {
        Program.of(arguments, "JGit", "org.eclipse.jgit")
                .calls("JDKHttpConnection", Set.of("GET", "POST"), JgitProgram::call);
    }

    private static Reply call(Request request) throws IOException {
        HttpConnection connection =
                new JDKHttpConnectionFactory().create(request.uri().toURL(), Proxy.NO_PROXY);
        connection.setRequestMethod(request.method());
        connection.setReadTimeout((int) Program.PATIENCE.toMillis());
        request.headers().forEach(connection::setRequestProperty);
        if (request.body() != null) {
            byte[] bytes = request.body().getBytes(StandardCharsets.UTF_8);
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        int status = connection.getResponseCode();
        String body = new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Reply(status, body, connection.getHeaderField("X-Answer"));
    }
}
