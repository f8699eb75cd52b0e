package dev.holdfast.client.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * Ends clients in every way while calls of theirs are under way, and says how the calls ended. The arguments: a server
 * that answers each first request with 503, and one that does so under a policy that waits for a minute.
 */
final class ClosingProgram {
    private static final Duration LONG = Duration.ofSeconds(40);

    private final URI quick;
    private final URI patient;
    private int number;

    private ClosingProgram(URI quick, URI patient) {
        this.quick = quick;
        this.patient = patient;
    }

    public static void main(String[] uris) throws Exception {
        ClosingProgram program = new ClosingProgram(URI.create(uris[0]), URI.create(uris[1]));
        program.close();
        program.shutdown();
        for (String how : List.of("shutdownNow", "interrupted close")) {
            program.duringAWait(how, true);
            program.duringAWait(how, false);
        }
        program.closedByADependent();
        System.exit(0);
    }

    /** More calls than the policy lets through at a time. */
    private void close() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            calls.add(call(client, quick, i % 2 == 0));
        }
        // A blocking call counts from when its thread has called it.
        Awaitility.await().atMost(LONG).until(() -> calls.stream().anyMatch(CompletableFuture::isDone));
        end(client, "close");
        // A thread that comes out of a blocking call has yet to say so; an asynchronous one is done.
        say(
                "close",
                calls.get(0).isDone() && calls.get(2).isDone() && calls.get(4).isDone());
        for (CompletableFuture<HttpResponse<String>> call : calls) {
            say("close", result(call));
        }
        say("closed", refusal(client, quick));
    }

    private void shutdown() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        CompletableFuture<HttpResponse<String>> call = call(client, quick, true);
        end(client, "shutdown");
        say("shut down, new call", refusal(client, quick));
        say("shut down, new call without a policy", refusal(client, URI.create("http://localhost:" + quick.getPort())));
        boolean terminated = terminated(client); // before the call's end is looked at, which may come meanwhile
        say("shut down, ended before its call", terminated && !call.isDone());
        say("shut down, awaited", awaited(client, LONG));
        say("shut down, terminated", terminated(client));
        say("shut down", call.isDone() + " " + result(call));
    }

    private void duringAWait(String how, boolean async) throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        CompletableFuture<HttpResponse<String>> call = call(client, patient, async);
        Awaitility.await().pollDelay(Duration.ofMillis(500)).until(() -> true); // well within the wait
        say(how, call.isDone() + " " + terminated(client));
        if (how.equals("shutdownNow")) {
            end(client, how);
        } else {
            FutureTask<Boolean> closing = new FutureTask<>(() -> {
                end(client, "close");
                return Thread.currentThread().isInterrupted();
            });
            Thread thread = new Thread(closing, "closing");
            thread.start();
            Awaitility.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
            say(how, closing.isDone());
            thread.interrupt();
            say(how, closing.get(LONG.toSeconds(), TimeUnit.SECONDS));
        }
        say(how, result(call));
        say(how, awaited(client, LONG));
    }

    private void closedByADependent() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        CompletableFuture<Void> closed = call(client, quick, true).thenAccept(response -> {
            try {
                end(client, "close");
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        });
        closed.get(LONG.toSeconds(), TimeUnit.SECONDS);
        say("closed by a dependent", terminated(client));
    }

    private CompletableFuture<HttpResponse<String>> call(HttpClient client, URI server, boolean async) {
        HttpRequest request = request(server);
        if (async) {
            return client.sendAsync(request, BodyHandlers.ofString());
        }
        CompletableFuture<HttpResponse<String>> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        result.complete(client.send(request, BodyHandlers.ofString()));
                    } catch (Exception e) {
                        result.completeExceptionally(e);
                    }
                },
                "calling");
        thread.setDaemon(true);
        thread.start();
        return result;
    }

    private HttpRequest request(URI server) {
        number++;
        return HttpRequest.newBuilder(server.resolve("/" + number)).build();
    }

    private String refusal(HttpClient client, URI server) {
        return CallEnd.of(() -> client.send(request(server), BodyHandlers.ofString())) + " | "
                + CallEnd.of(() -> client.sendAsync(request(server), BodyHandlers.ofString())
                        .join());
    }

    private static String result(CompletableFuture<HttpResponse<String>> call) {
        return CallEnd.of(() -> {
            HttpResponse<String> response = call.get(LONG.toSeconds(), TimeUnit.SECONDS);
            return response.statusCode() + " " + response.body();
        });
    }

    // The methods are there from Java 21 on.

    private static void end(HttpClient client, String how) throws ReflectiveOperationException {
        HttpClient.class.getMethod(how).invoke(client);
    }

    private static boolean terminated(HttpClient client) throws ReflectiveOperationException {
        return (boolean) HttpClient.class.getMethod("isTerminated").invoke(client);
    }

    private static boolean awaited(HttpClient client, Duration time) throws ReflectiveOperationException {
        return (boolean)
                HttpClient.class.getMethod("awaitTermination", Duration.class).invoke(client, time);
    }

    private static void say(String what, Object result) {
        System.out.println(what + ": " + result);
    }
}
