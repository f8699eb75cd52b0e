package dev.holdfast.differential;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Requests of the libraries that programs bring along that go wrong, on a new connection and on one that was used
 * before, with the retries that a library makes by itself and without; and what its pool holds then.
 */
final class LibraryFaultCalls {
    private static final Map<String, ScriptedResponse> FAULTS = new LinkedHashMap<>();

    static {
        FAULTS.put("reset at once", ScriptedResponse.onAccept(Cut.RESET));
        FAULTS.put("closed at once", ScriptedResponse.onAccept(Cut.CLOSE));
        FAULTS.put("reset", ScriptedResponse.afterRequest(Cut.RESET));
        FAULTS.put("closed", ScriptedResponse.afterRequest(Cut.CLOSE));
        FAULTS.put("silent", ScriptedResponse.afterRequest(Cut.HANG));
        FAULTS.put("head reset", ScriptedResponse.respond(200).cutInHead(25, Cut.RESET));
        FAULTS.put("head closed", ScriptedResponse.respond(200).cutInHead(25, Cut.CLOSE));
        FAULTS.put("body reset", ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.RESET));
        FAULTS.put("body closed", ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.CLOSE));
        FAULTS.put(
                "chunks closed",
                ScriptedResponse.respond(200, "0123456789").chunked().cutInBody(4, Cut.CLOSE));
        FAULTS.put("body silent", ScriptedResponse.respond(503, "0123456789").cutInBody(4, Cut.HANG));
        FAULTS.put("no http", ScriptedResponse.raw("220 mail.example ESMTP\r\n"));
        FAULTS.put("no status", ScriptedResponse.raw("HTTP/1.1 abc\r\n\r\n"));
        FAULTS.put("no header", ScriptedResponse.raw("HTTP/1.1 200 OK\r\nno colon\r\n\r\n"));
        FAULTS.put("nothing", ScriptedResponse.raw(""));
        FAULTS.put("busy", ScriptedResponse.respond(503, "busy").header("Retry-After", "0"));
        FAULTS.put("busy and closing", ScriptedResponse.respond(503, "busy").closing());
        FAULTS.put("too many", ScriptedResponse.respond(429).header("Retry-After", "0"));
    }

    private final Transcript t;

    LibraryFaultCalls(Transcript transcript) {
        this.t = transcript;
    }

    void run() {
        for (FaultyLibrary library : FaultyLibrary.values()) {
            for (boolean retrying : List.of(true, false)) {
                for (String method : List.of("GET", "POST")) {
                    FAULTS.forEach((name, fault) -> {
                        fault(library, retrying, method, name, fault, false);
                        if (!fault.endsNewConnection()) {
                            fault(library, retrying, method, name, fault, true);
                        }
                    });
                }
            }
            aborted(library);
            if (library.hasLeases()) {
                exhausted(library);
            }
        }
    }

    private void fault(
            FaultyLibrary library,
            boolean retrying,
            String method,
            String name,
            ScriptedResponse fault,
            boolean reused) {
        scenario(library, name + " " + method + (retrying ? ", retrying" : "") + (reused ? ", reused" : ""), () -> {
            try (FaultyLibrary.Client client = library.client(retrying)) {
                if (reused) {
                    call(client, "GET", t.uri("/status/200"));
                }
                t.server().play(fault);
                call(client, method, t.uri(name.endsWith("silent") ? "/silent" : "/echo"));
                call(client, "GET", t.uri("/status/200"));
                t.step("pool", client::pool);
            }
        });
    }

    private void aborted(FaultyLibrary library) {
        scenario(library, "aborted", () -> {
            try (FaultyLibrary.Client client = library.client(true)) {
                CountDownLatch ended = new CountDownLatch(1);
                Thread thread = new Thread(() -> {
                    call(client, "GET", t.uri("/hang"));
                    ended.countDown();
                });
                thread.start();
                t.server().awaitRequests(1);
                awaitRead();
                client.abort();
                ended.await();
                thread.join();
                call(client, "GET", t.uri("/status/503"));
                t.step("pool", client::pool);
            }
        });
    }

    /** Waits until a library reads from its connection: an abort before that ends in another exception. */
    private static void awaitRead() {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (System.nanoTime() < until
                && Thread.getAllStackTraces().values().stream().noneMatch(LibraryFaultCalls::isReading)) {
            Thread.onSpinWait();
        }
    }

    private static boolean isReading(StackTraceElement[] stack) {
        List<String> classes =
                Arrays.stream(stack).map(StackTraceElement::getClassName).toList();
        return classes.contains("java.net.Socket$SocketInputStream")
                && classes.stream().anyMatch(name -> name.startsWith("okhttp3.") || name.startsWith("org.apache."));
    }

    /** The program's own pool is empty: no failure of the origin. */
    private void exhausted(FaultyLibrary library) {
        scenario(library, "exhausted", () -> {
            try (FaultyLibrary.Client client = library.client(true)) {
                AutoCloseable lease = client.lease(t.uri("/status/503"));
                call(client, "GET", t.uri("/status/200"));
                call(client, "POST", t.uri("/status/200"));
                lease.close();
                call(client, "GET", t.uri("/status/200"));
                t.step("pool", client::pool);
            }
        });
    }

    private void scenario(FaultyLibrary library, String name, Transcript.Scenario scenario) {
        t.scenario("fault " + library + " " + name, () -> {
            scenario.run();
            t.settle();
        });
    }

    private void call(FaultyLibrary.Client client, String method, URI uri) {
        t.step(method, () -> client.call(method, uri));
    }
}
