package dev.holdfast.leak;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The program under test: calls a server that fails each call once, in every style; prints what it holds before and
 * after. The arguments: the server's URI, the URI at which a call waits for a minute between attempts, the number of
 * calls.
 */
final class LeakProgram {
    /** The number of calls that run at once. */
    static final int TOGETHER = 10;

    private static final byte[] BODY = "body ".repeat(50).getBytes(StandardCharsets.US_ASCII);

    private final URI server;
    private final URI patient;
    private final HttpClient client =
            HttpClient.newBuilder().version(Version.HTTP_1_1).build();
    private final AtomicInteger number = new AtomicInteger();
    private CompletableFuture<HttpResponse<String>> waiting = new CompletableFuture<>();

    private LeakProgram(URI server, URI patient) {
        this.server = server;
        this.patient = patient;
    }

    public static void main(String[] arguments) throws Exception {
        LeakProgram program = new LeakProgram(URI.create(arguments[0]), URI.create(arguments[1]));
        int calls = Integer.parseInt(arguments[2]);
        program.run(calls / 10);
        Usage before = program.usage();
        program.run(calls);
        Usage after = program.usage();
        // Idle connections are given up after a while: give them that while, not more.
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!after.withinReachOf(before) && System.nanoTime() < until) {
            after = program.usage();
        }
        System.out.println(before.toLine());
        System.out.println(after.toLine());
        System.exit(0);
    }

    private Usage usage() throws IOException {
        try (InputStream in = server.resolve("/open").toURL().openStream()) {
            return Usage.now(Integer.parseInt(new String(in.readAllBytes(), StandardCharsets.US_ASCII)));
        }
    }

    private void run(int calls) throws Exception {
        for (int done = 0; done < calls; done += 4 * TOGETHER) {
            List<CompletableFuture<HttpResponse<String>>> together = new ArrayList<>();
            for (int i = 0; i < TOGETHER; i++) {
                together.add(client.sendAsync(request(), BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> call : together) {
                expect(200, call.get().statusCode());
            }
            for (int i = 0; i < TOGETHER; i++) {
                expect(200, client.send(request(), BodyHandlers.ofString()).statusCode());
                classic(i);
                classic(i);
            }
            abandonLast();
        }
        waiting.cancel(true);
    }

    private URI next() {
        return server.resolve("/once/" + number.incrementAndGet());
    }

    private HttpRequest request() {
        return HttpRequest.newBuilder(next())
                .PUT(BodyPublishers.ofByteArray(BODY))
                .build();
    }

    private void classic(int i) throws IOException {
        HttpURLConnection c = (HttpURLConnection) next().toURL().openConnection();
        if (i % 4 != 0) {
            c.setRequestMethod("PUT");
            c.setDoOutput(true);
            if (i % 4 == 1) {
                c.setFixedLengthStreamingMode(BODY.length);
            } else if (i % 4 == 2) {
                c.setChunkedStreamingMode(100);
            }
            try (OutputStream out = c.getOutputStream()) {
                out.write(BODY);
            }
        }
        expect(200, c.getResponseCode());
        try (InputStream in = c.getInputStream()) {
            in.readAllBytes();
        }
    }

    /** Cancels the call of the round before, which waits for its next attempt by now, and makes a new one. */
    private void abandonLast() {
        waiting.cancel(true);
        waiting = client.sendAsync(HttpRequest.newBuilder(patient).build(), BodyHandlers.ofString());
    }

    private static void expect(int status, int actual) {
        if (status != actual) {
            throw new IllegalStateException("status " + actual);
        }
    }
}
