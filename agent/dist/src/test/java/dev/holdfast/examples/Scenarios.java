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
                    case "elasticsearch" -> scenarios.elasticsearch();
                    case "openid-connect" -> scenarios.openIdConnect();
                    case "s3" -> scenarios.s3();
                    case "maven-repository" -> scenarios.mavenRepository();
                    case "stripe" -> scenarios.stripe();
                    case "github" -> scenarios.gitHub();
                    case "openai" -> scenarios.openAi();
                    case "game-day" -> scenarios.gameDay();
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
        // However slow the machine is: a second request beside it, or none.
        ScriptedResponse kept = ScriptedResponse.respond(200, "kept");
        System.out.println("good: " + call("GET", search + "7", new String[0], kept, kept));
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
        say("in the same namespace", "GET", "http://inventory/", down);
        say("in another one", "GET", "http://inventory.shop.svc/", down);
        say("a batch service", "GET", "http://reports.batch.svc.cluster.local/", down);
        say("the ledger", "GET", "http://ledger.core.svc.cluster.local/", down);
        say("a sidecar", "GET", "http://localhost/", down);
        say("outside", "GET", "http://other.example/", down);
    }

    /** Plays what Elasticsearch documents of rejected requests: a full queue is a 429 without a wait. */
    private void elasticsearch() throws Exception {
        ScriptedResponse rejected =
                ScriptedResponse.respond(429, "{\"error\":{\"type\":\"es_rejected_execution_exception\"}}");
        String node = "http://es1.search.example/";
        say("a search by POST", "POST", node + "products/_search", rejected, GOOD);
        say("a count by GET", "GET", node + "products/_count", rejected, rejected, GOOD);
        say("a document by PUT", "PUT", node + "products/_doc/7", rejected, GOOD);
        say("a document without an id", "POST", node + "products/_doc", BUSY, GOOD);
        say("a bulk", "POST", node + "_bulk", BUSY, GOOD);
        for (int i = 0; i < 4; i++) {
            call("POST", node + "_bulk", new String[0], BUSY);
        }
        say("the node is down", "GET", node, GOOD);
        say("another node", "GET", "http://es2.search.example/", GOOD);
    }

    private void openIdConnect() throws Exception {
        String realm = "http://login.example.com/realms/shop/";
        String configuration = realm + ".well-known/openid-configuration";
        String keys = realm + "protocol/openid-connect/certs";
        say("its configuration", "GET", configuration, BUSY, ScriptedResponse.respond(200, "issuer"));
        say("its keys", "GET", keys, ScriptedResponse.respond(200, "keys"));
        say("restarted: configuration", "GET", configuration, BUSY, BUSY, BUSY, BUSY);
        say("restarted: keys", "GET", keys, BUSY, BUSY, BUSY, BUSY);
        say("a token", "POST", realm + "protocol/openid-connect/token", BUSY, GOOD);
    }

    /** Plays what S3 documents of its errors: SlowDown is a 503, InternalError a 500. */
    private void s3() throws Exception {
        String bucket = "http://shop.s3.eu-central-1.amazonaws.com/";
        ScriptedResponse slowDown = ScriptedResponse.respond(503, "<Error><Code>SlowDown</Code></Error>");
        ScriptedResponse internal = ScriptedResponse.respond(500, "<Error><Code>InternalError</Code></Error>");
        say("an object", "GET", bucket + "a", slowDown, internal, GOOD);
        say("put once more", "PUT", bucket + "a", internal, GOOD);
        say("several deleted", "POST", bucket, slowDown, GOOD);
        say("no such key", "GET", bucket + "b", ScriptedResponse.respond(404), GOOD);
        say("three attempts", "GET", bucket + "a", slowDown, slowDown, slowDown, GOOD);
    }

    private void mavenRepository() throws Exception {
        String central = "http://repo.maven.apache.org/maven2/a/a/1/a-1.pom";
        ScriptedResponse busy = ScriptedResponse.respond(429).header("Retry-After", "1");
        long start = System.nanoTime();
        say("too many requests", "GET", central, busy, GOOD);
        System.out.println(millisSince(start) >= 1000 ? "waited" : "did not wait");
        say("cut short", "GET", central, GOOD.cutInBody(2, ScriptedResponse.Cut.CLOSE), GOOD);
        say("an upload", "PUT", "http://repo.example.com/releases/a/a/1/a-1.pom", BUSY, GOOD);
        say("not there", "GET", central, ScriptedResponse.respond(404), GOOD);
    }

    /** Plays what the library of Stripe acts on: its header wins over the status. */
    private void stripe() throws Exception {
        String charges = "http://api.stripe.com/v1/charges";
        String[] key = {"Idempotency-Key", "7"};
        ScriptedResponse conflict = ScriptedResponse.respond(409);
        say("a charge without a key", "POST", charges, BUSY, GOOD);
        say("a charge with a key, in progress", "POST", charges, key, conflict, GOOD);
        say("a look", "GET", charges + "/7", BUSY, GOOD);
        ScriptedResponse kept = ScriptedResponse.respond(500).header("Stripe-Should-Retry", "false");
        say("a failure that is kept", "POST", charges, key, kept, GOOD);
        ScriptedResponse locked = ScriptedResponse.respond(400).header("Stripe-Should-Retry", "true");
        say("a lock", "POST", charges, key, locked, GOOD);
        say("a lock without a key", "POST", charges, locked, GOOD);
        ScriptedResponse done = GOOD.header("Stripe-Should-Retry", "true");
        say("a success, whatever it says", "POST", charges, key, done, BUSY);
    }

    /** Plays what GitHub documents of its limits. */
    private void gitHub() throws Exception {
        String repository = "http://api.github.com/repos/a/b";
        ScriptedResponse forbidden = ScriptedResponse.respond(403);
        say("forbidden", "GET", repository, forbidden, GOOD);
        long start = System.nanoTime();
        say("a secondary limit", "GET", repository, forbidden.header("Retry-After", "1"), GOOD);
        System.out.println(millisSince(start) >= 1000 ? "waited" : "did not wait");
        String soon = String.valueOf(System.currentTimeMillis() / 1000 + 2);
        ScriptedResponse limited = ScriptedResponse.respond(429)
                .header("X-RateLimit-Remaining", "0")
                .header("X-RateLimit-Reset", soon);
        say("the primary limit", "GET", repository, limited, GOOD);
        System.out.println(System.currentTimeMillis() / 1000 >= Long.parseLong(soon) ? "reset" : "before it was reset");
        String late = String.valueOf(System.currentTimeMillis() / 1000 + 1800);
        ScriptedResponse hour = ScriptedResponse.respond(403)
                .header("X-RateLimit-Remaining", "0")
                .header("X-RateLimit-Reset", late);
        say("for half an hour", "GET", "http://api.github.com/user", hour, GOOD);
        say("a write", "POST", repository + "/issues", BUSY, GOOD);
        say("down, read lately", "GET", repository, BUSY, BUSY, BUSY, BUSY);
    }

    /** Plays what the library of the vendor acts on. */
    private void openAi() throws Exception {
        String api = "http://api.openai.com/v1/";
        ScriptedResponse limited = ScriptedResponse.respond(429).header("retry-after-ms", "700");
        long start = System.nanoTime();
        say("a chat", "POST", api + "chat/completions", limited, GOOD);
        System.out.println(millisSince(start) >= 700 ? "waited" : "did not wait");
        ScriptedResponse quota = ScriptedResponse.respond(429).header("x-should-retry", "false");
        say("no money left", "POST", api + "chat/completions", quota, GOOD);
        ScriptedResponse again = ScriptedResponse.respond(400).header("x-should-retry", "true");
        say("asked to", "POST", "http://llm.example.com/v1/embeddings", again, GOOD);
        say("an upload", "POST", api + "files", BUSY, GOOD);
        say("a conflict", "GET", api + "files", ScriptedResponse.respond(409), GOOD);
    }

    private void gameDay() throws Exception {
        URI recommendations = at("http://recommendations.example.com/v1/recommendations");
        server.otherwise(GOOD);
        List<String> results = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            results.add(caller.call("GET", recommendations));
        }
        System.out.println("good, or the fallback's: "
                + results.stream().allMatch(result -> result.equals("200 good") || result.equals("200 []")));
        long good = results.stream().filter("200 good"::equals).count();
        System.out.println("sent without a fault alone: " + (server.requests().size() == good));
        System.out.println("faults were injected: " + (injectedFaults() > 0));
    }

    private static long injectedFaults() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        ObjectName origins = new ObjectName("dev.holdfast:type=Origin,*");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !beans.queryNames(origins, null).isEmpty());
        long all = 0;
        for (ObjectName origin : beans.queryNames(origins, null)) {
            all += (Long) beans.getAttribute(origin, "InjectedFaults");
        }
        return all;
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
