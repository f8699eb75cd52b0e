package compat;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The service that the programs call. A path is {@code /PHASE/TRANSPORT/STEP/KIND}: the last part says what is
 * answered. In the phase {@code outage} that is always a 503; in the phase {@code storm} {@value #FAULTS} % of the
 * requests get a 503, a reset, or no answer: which, is decided by a fixed seed, the path and how often it was asked
 * for, so that a program without and with the agent meets the same weather.
 */
final class Service implements AutoCloseable {
    /** The percentage of requests that go wrong in the storm. */
    static final int FAULTS = 30;

    private static final long SEED = 7;

    private static final String SOAP =
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>%s</s:Body></s:Envelope>";

    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final ScriptedServer server = ScriptedServer.http("127.0.0.1").otherwise(this::answer);

    String uri() {
        return server.uri("/").toString();
    }

    int port() {
        return server.port();
    }

    List<ReceivedRequest> requests() {
        return server.requests();
    }

    @Override
    public void close() {
        server.close();
    }

    private ScriptedResponse answer(ReceivedRequest request) {
        String path = pathOf(request.target());
        if (path.startsWith("/outage/")) {
            return overloaded();
        }
        if (path.startsWith("/storm/")) {
            int time = asked.computeIfAbsent(path, p -> new AtomicInteger()).incrementAndGet();
            long chance = mixed(path.hashCode() * 1_000_003L + time * 31L + SEED);
            if (Math.floorMod(chance, 100) < FAULTS) {
                return fault(Math.floorMod(chance >> 32, 10));
            }
        }
        return plain(request, path.substring(path.lastIndexOf('/') + 1)).header("X-Answer", "of the service");
    }

    private static ScriptedResponse fault(int which) {
        return switch (which) {
            case 0 -> ScriptedResponse.afterRequest(Cut.HANG);
            case 1, 2, 3 -> ScriptedResponse.afterRequest(Cut.RESET);
            default -> overloaded();
        };
    }

    private static ScriptedResponse overloaded() {
        return ScriptedResponse.respond(503, "{\"error\":\"overloaded\"}").header("Content-Type", "application/json");
    }

    private static ScriptedResponse plain(ReceivedRequest request, String kind) {
        if (kind.startsWith("status-")) {
            int status = Integer.parseInt(kind.substring("status-".length()));
            ScriptedResponse response = ScriptedResponse.respond(status);
            return status == 204
                    ? response
                    : response.body("{\"error\":\"" + status + "\"}").header("Content-Type", "application/json");
        }
        return switch (kind) {
            case "hang" -> ScriptedResponse.afterRequest(Cut.HANG);
            case "redirect" ->
                ScriptedResponse.respond(302, "moved")
                        .header("Location", pathOf(request.target()).replace("redirect", "ok"));
            case "large" -> text("a line of a large answer\n".repeat(12_000));
            case "chunked" -> text("in chunks ".repeat(100)).chunked().dripping(100, Duration.ofMillis(1));
            case "xml" ->
                ScriptedResponse.respond(200, "<!DOCTYPE r SYSTEM \"dtd\"><r>&greeting;</r>")
                        .header("Content-Type", "application/xml");
            case "dtd" -> text("<!ELEMENT r (#PCDATA)><!ENTITY greeting \"hello\">");
            case "properties" -> text("name=value\n");
            case "png" -> ScriptedResponse.respond(200).body(Files.png()).header("Content-Type", "image/png");
            case "jar" ->
                ScriptedResponse.respond(200).body(Files.jar()).header("Content-Type", "application/java-archive");
            case "private" ->
                request.header("Authorization").isPresent()
                        ? text("let in")
                        : ScriptedResponse.respond(401, "who is there").header("WWW-Authenticate", "Basic realm=\"r\"");
            case "cookie" -> text("cookies: " + request.headers("Cookie")).header("Set-Cookie", "a=b; Path=/");
            case "soap" ->
                ScriptedResponse.respond(200, SOAP.formatted("<r:answer xmlns:r='urn:r'>42</r:answer>"))
                        .header("Content-Type", "text/xml; charset=utf-8");
            case "fault" ->
                ScriptedResponse.respond(
                                500,
                                SOAP.formatted("<s:Fault><faultcode>s:Server</faultcode><faultstring>no such "
                                        + "order</faultstring></s:Fault>"))
                        .header("Content-Type", "text/xml; charset=utf-8");
            case "jwks" ->
                ScriptedResponse.respond(
                                200, "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"1\",\"n\":\"AQAB\",\"e\":\"AQAB\"}]}")
                        .header("Content-Type", "application/json");
            case "xmlrpc" ->
                ScriptedResponse.respond(
                                200,
                                "<methodResponse><params><param>"
                                        + "<value><int>42</int></value></param></params></methodResponse>")
                        .header("Content-Type", "text/xml");
            case "gzip" ->
                ScriptedResponse.respond(200)
                        .body(Files.gzip("compressed ".repeat(100)))
                        .header("Content-Encoding", "gzip")
                        .header("Content-Type", "text/plain");
            default ->
                ScriptedResponse.respond(200, "{\"asked\":\"" + pathOf(request.target()) + "\"}")
                        .header("Content-Type", "application/json");
        };
    }

    private static ScriptedResponse text(String text) {
        return ScriptedResponse.respond(200, text).header("Content-Type", "text/plain; charset=utf-8");
    }

    /** The path of a target, which behind a proxy is an absolute URI. */
    static String pathOf(String target) {
        String path = target.startsWith("http://") ? target.substring(target.indexOf('/', "http://".length())) : target;
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    /** SplitMix64's last step: near numbers give far ones. */
    private static long mixed(long number) {
        long z = (number ^ (number >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
