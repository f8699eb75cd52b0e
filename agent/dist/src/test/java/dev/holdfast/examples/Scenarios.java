package dev.holdfast.examples;

import static org.awaitility.Awaitility.await;

import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Programs that call the hosts of an example, which a hosts file leads to the loopback interface, and print what comes
 * of each call and how many requests it took. Whatever is called with one client is then called with the other, against
 * a server of its own.
 */
public final class Scenarios {
    private static final ScriptedResponse BUSY = ScriptedResponse.respond(503);
    private static final ScriptedResponse GOOD = ScriptedResponse.respond(200, "good");

    private final ScriptedServer server;
    private final Caller caller;

    private Scenarios(ScriptedServer server, Caller caller) {
        this.server = server;
        this.caller = caller;
    }

    /** Runs the scenario that is its argument. */
    public static void main(String[] arguments) throws Exception {
        for (Caller caller : Caller.BOTH) {
            System.out.println(caller.getClass().getSimpleName());
            try (ScriptedServer server = ScriptedServer.http()) {
                Scenarios scenarios = new Scenarios(server, caller);
                switch (arguments[0]) {
                    case "quickstart" -> scenarios.quickstart();
                    case "seed-compatible" -> scenarios.seedCompatible();
                    case "payment-api" -> scenarios.paymentApi();
                    case "search-cluster" -> scenarios.searchCluster();
                    case "rate-limited-saas" -> scenarios.rateLimitedSaas();
                    case "internal-mesh" -> scenarios.internalMesh();
                    case "observe" -> scenarios.observe();
                    default -> throw new IllegalArgumentException(arguments[0]);
                }
            }
        }
    }

    private void quickstart() throws Exception {
        say("a host of no name", "GET", "http://shop.example/", BUSY, GOOD);
        say("POST", "POST", "http://shop.example/", BUSY, GOOD);
        say("a slow one", "GET", "http://a.slow.example/", BUSY, BUSY, GOOD);
    }

    private void seedCompatible() throws Exception {
        say("good", "GET", "http://shop.example/a", ScriptedResponse.respond(200, "kept"));
        long start = System.nanoTime();
        say("three retries, then what was kept", "GET", "http://shop.example/a", BUSY, BUSY, BUSY, BUSY);
        // 1 s, 2 s and 4 s, each a tenth less at least.
        System.out.println(millisSince(start) >= 6300 ? "waited" : "did not wait");
        say("the fifth failure opens the breaker", "GET", "http://shop.example/a", BUSY, BUSY);
        say("nothing is sent", "GET", "http://shop.example/a", GOOD);
        say("nothing is sent, nothing was kept", "GET", "http://shop.example/b", GOOD);
    }

    private void paymentApi() throws Exception {
        String charges = "http://api.payments.example/v1/charges";
        String[] key = {"Idempotency-Key", "7"};
        say("a charge without a key", "POST", charges, BUSY, GOOD);
        say("a charge with a key", "POST", charges, key, BUSY, GOOD);
        say("the API says that it failed", "POST", charges, key, ScriptedResponse.respond(500), GOOD);
        say("a refund with a key", "POST", "http://api.payments.example/v1/refunds/7", key, BUSY, GOOD);
        say("a look at a refund", "GET", "http://api.payments.example/v1/refunds/7", BUSY, GOOD);
        say("another host", "GET", "http://other.example/", BUSY, GOOD);
        for (int i = 0; i < 9; i++) {
            call("GET", charges, new String[0], ScriptedResponse.respond(500));
        }
        say("the tenth failure", "GET", charges, ScriptedResponse.respond(500));
        say("nothing is sent", "GET", charges, GOOD);
    }

    private void searchCluster() throws Exception {
        String search = "http://search.example.com/products/";
        for (int i = 0; i < 100; i++) {
            call("GET", search + "_count", new String[0], GOOD);
        }
        say("good", "GET", search + "7", ScriptedResponse.respond(200, "kept"));
        ScriptedResponse late = GOOD.delayed(Duration.ofMillis(600));
        long start = System.nanoTime();
        say("a slow one", "GET", search + "8", late, ScriptedResponse.respond(200, "from the second"));
        System.out.println(millisSince(start) < 600 ? "not waited for" : "waited for");
        ScriptedResponse within800ms = GOOD.delayed(Duration.ofMillis(300));
        say("indexing, as slow", "PUT", search + "_bulk", within800ms, GOOD);
        say("down", "GET", search + "7", BUSY, BUSY);
        say("down, nothing kept", "GET", search + "9", BUSY, BUSY);
    }

    private void rateLimitedSaas() throws Exception {
        String api = "http://api.saas.example/things";
        long start = System.nanoTime();
        say("told to wait", "GET", api, ScriptedResponse.respond(429).header("Retry-After", "1"), GOOD);
        System.out.println(millisSince(start) >= 1000 ? "waited" : "did not wait");
        say(
                "told to wait for too long",
                "GET",
                api,
                ScriptedResponse.respond(429).header("Retry-After", "60"),
                GOOD);
        server.reset();
        ExecutorService threads = Executors.newFixedThreadPool(90);
        List<Future<String>> results = new ArrayList<>();
        for (int i = 0; i < 90; i++) {
            results.add(threads.submit(() -> caller.call("GET", at("http://b.saas.example/"))));
        }
        int good = 0;
        int rejected = 0;
        for (Future<String> result : results) {
            good += result.get().equals("200 ok") ? 1 : 0;
            rejected += result.get().endsWith("Exception") ? 1 : 0;
        }
        threads.shutdown();
        // 50 at once. Nobody waits for the end of their window, twice as long as max_wait, unless starting the threads
        // took the rest of it.
        System.out.println(
                good >= 50
                                && good <= 60
                                && good + rejected == 90
                                && server.requests().size() == good
                        ? "50 in 10 s"
                        : good + " good, " + rejected + " rejected, "
                                + server.requests().size() + " sent");
    }

    private void internalMesh() throws Exception {
        ScriptedResponse[] down = {BUSY, BUSY, BUSY, BUSY, BUSY, GOOD};
        say("a service", "GET", "http://orders.svc.cluster.local/", down);
        say("a batch service", "GET", "http://reports.batch.svc.cluster.local/", down);
        say("the ledger", "GET", "http://ledger.core.svc.cluster.local/", down);
        say("outside", "GET", "http://other.example/", down);
    }

    private void observe() throws Exception {
        say("any host", "GET", "http://shop.example/", BUSY, GOOD);
        say("the first to be trusted", "GET", "http://inventory.example.com/", BUSY, GOOD);
        for (int i = 0; i < 4; i++) {
            call("GET", "http://shop.example/", new String[0], BUSY);
        }
        say("past five failures", "GET", "http://shop.example/", BUSY);
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.holdfast:type=Holdfast");
        await().atMost(Duration.ofSeconds(30)).until(() -> beans.isRegistered(name));
        String status = (String) beans.invoke(name, "statusJson", null, null);
        String origin = "http://shop.example:" + server.port();
        int from = status.indexOf(origin);
        int to = status.indexOf("\"origin\"", from);
        String ours = status.substring(from, to < 0 ? status.length() : to);
        System.out.println("retries that there would be: "
                + (ours.matches("(?s).*\"would_have\"\\s*:\\s*\\{[^}]*\"retry\"\\s*:\\s*[1-9].*")));
        System.out.println("breaker: " + ours.replaceAll("(?s).*\"state\"\\s*:\\s*\"(\\w+)\".*", "$1"));
    }

    private void say(String what, String method, String url, ScriptedResponse... answers) throws Exception {
        say(what, method, url, new String[0], answers);
    }

    private void say(String what, String method, String url, String[] headers, ScriptedResponse... answers)
            throws Exception {
        String result = call(method, url, headers, answers);
        System.out.println(what + ": " + result + " after " + server.requests().size());
    }

    private String call(String method, String url, String[] headers, ScriptedResponse... answers) throws Exception {
        server.reset();
        server.play(answers);
        return caller.call(method, at(url), headers);
    }

    private URI at(String url) {
        URI uri = URI.create(url);
        return URI.create("http://" + uri.getHost() + ":" + server.port() + uri.getRawPath());
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
