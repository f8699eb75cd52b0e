package dev.holdfast.differential;

import dev.holdfast.testkit.LoopbackTls;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSession;

/** The calls over HTTP/2, by upgrade and by TLS, to a server of the test that runs this program. */
final class Http2Calls {
    private final Transcript t;
    private final List<URI> servers;

    Http2Calls(Transcript transcript, int port, int tlsPort) {
        this.t = transcript;
        this.servers = List.of(
                URI.create("http://" + Transcript.HOST + ":" + port),
                URI.create("https://" + Transcript.HOST + ":" + tlsPort));
    }

    void run() {
        for (URI server : servers) {
            t.racing("http/2 " + server.getScheme(), () -> calls(server));
        }
    }

    private void calls(URI server) {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(LoopbackTls.clientContext())
                .followRedirects(Redirect.NORMAL)
                .build();
        for (String path : List.of("/small", "/large", "/missing", "/busy", "/moved", "/empty")) {
            HttpRequest request = HttpRequest.newBuilder(server.resolve(path))
                    .header("X-Mine", "kept")
                    .build();
            t.step(path, () -> describe(client.send(request, BodyHandlers.ofString())));
            t.step(
                    path + " async",
                    () -> describe(
                            client.sendAsync(request, BodyHandlers.ofString()).get(10, TimeUnit.SECONDS)));
            t.step(
                    path + " stream",
                    () -> client.send(request, BodyHandlers.ofInputStream())
                            .body()
                            .readAllBytes());
        }
        for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
            for (int size : new int[] {0, 10, 100_000}) {
                HttpRequest request = HttpRequest.newBuilder(server.resolve("/body"))
                        .method(method, BodyPublishers.ofString("b".repeat(size)))
                        .build();
                t.step(method + " " + size, () -> describe(client.send(request, BodyHandlers.ofString())));
            }
        }
        HttpRequest small = HttpRequest.newBuilder(server.resolve("/small")).build();
        t.step("push promises", () -> {
            HttpResponse<String> response = client.sendAsync(
                            small, BodyHandlers.ofString(), (initiating, promised, acceptor) -> t.line("pushed"))
                    .get(10, TimeUnit.SECONDS);
            return describe(response);
        });
        t.step("too slow", () -> {
            HttpRequest request = HttpRequest.newBuilder(server.resolve("/slow"))
                    .timeout(Duration.ofMillis(150))
                    .build();
            return describe(client.send(request, BodyHandlers.ofString()));
        });
        t.step("together", () -> {
            List<CompletableFuture<HttpResponse<String>>> all = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                all.add(client.sendAsync(small, BodyHandlers.ofString()));
            }
            return all.stream()
                    .map(CompletableFuture::join)
                    .map(HttpResponse::body)
                    .toList();
        });
    }

    private static String describe(HttpResponse<String> r) {
        return r + " " + r.version() + " " + r.body().length() + " " + r.body().hashCode() + " "
                + r.headers().map() + " "
                + r.previousResponse().map(Object::toString).orElse("first") + " "
                + r.sslSession().map(SSLSession::getProtocol).orElse("plain");
    }
}
