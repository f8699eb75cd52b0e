package com.example.compat;

import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.okhttp.OkDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** docker-java's two transports for a daemon behind TCP, as its commands call them: bodies are streams. */
final class DockerProgram {
    private DockerProgram() {}

    public static void main(String[] arguments) throws IOException {
        URI base = URI.create(arguments[0]);
        URI host = URI.create("tcp://" + base.getAuthority());
        try (OkDockerHttpClient okhttp = new OkDockerHttpClient.Builder()
                        .dockerHost(host)
                        .readTimeout((int) Program.PATIENCE.toMillis())
                        .build();
                ApacheDockerHttpClient apache = new ApacheDockerHttpClient.Builder()
                        .dockerHost(host)
                        .responseTimeout(Program.PATIENCE)
                        .build()) {
            Program.of(arguments, "docker-java", "docker-java-transport-okhttp")
                    .headersInAnyOrder()
                    .over("okhttp")
                    .calls("okhttp", request -> call(okhttp, request))
                    .over("apache5")
                    .calls("httpclient5", request -> call(apache, request));
        }
    }

    private static Reply call(DockerHttpClient client, Request request) throws IOException {
        DockerHttpClient.Request.Builder call = DockerHttpClient.Request.builder();
        call.method(DockerHttpClient.Request.Method.valueOf(request.method()))
                .path(request.uri().getPath())
                .putAllHeaders(request.headers());
        if (request.body() != null) {
            call.putHeader("Content-Type", Request.JSON)
                    .body(new ByteArrayInputStream(request.body().getBytes(StandardCharsets.UTF_8)));
        }
        try (DockerHttpClient.Response response = client.execute(call.build())) {
            return new Reply(
                    response.getStatusCode(),
                    new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8),
                    response.getHeader("X-Answer"));
        }
    }
}
