package dev.holdfast.client.urlconnection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.ErrorKind;
import dev.holdfast.policy.Policies;
import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever a program does with a connection, in whatever order, legal or not: as the JDK's own, where no retry is due.
 */
class TransparencyProperties {
    private static ScriptedServer server;
    private static int runs;
    private static final WovenConnections HOOKED = new WovenConnections(
            Policies.retry().statuses(599).errors(ErrorKind.CONNECTION_REFUSED).policy());

    @BeforeContainer
    static void start() {
        // Closing, so that no run finds a connection that an earlier one left.
        server = ScriptedServer.http().otherwise(request -> answer(request).closing());
    }

    @AfterContainer
    static void stop() {
        server.close();
    }

    private static ScriptedResponse answer(ReceivedRequest request) {
        return switch (request.target().replaceAll("\\?.*", "")) {
            case "/missing" ->
                ScriptedResponse.respond(404, "not here").header("X-A", "1").header("X-A", "2");
            case "/broken" -> ScriptedResponse.respond(503, "broken").header("Retry-After", "1");
            case "/bare" -> ScriptedResponse.respond(500);
            case "/nothing" -> ScriptedResponse.respond(204);
            case "/moved" -> ScriptedResponse.respond(302, "there").header("Location", "/ok");
            case "/chunked" -> ScriptedResponse.respond(200, "in pieces").chunked();
            case "/whole" -> ScriptedResponse.respond(200, "to the end").untilClose();
            default ->
                ScriptedResponse.respond(200, "fine " + request.method())
                        .header("Content-Type", "text/plain")
                        .header("X-Number", "42")
                        .header("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT");
        };
    }

    /** Something that a program may do; what it gives is written down. */
    enum Act {
        DO_OUTPUT(c -> done(() -> c.setDoOutput(true))),
        NO_OUTPUT(c -> done(() -> c.setDoOutput(false))),
        NO_INPUT(c -> done(() -> c.setDoInput(false))),
        POST(c -> done(() -> c.setRequestMethod("POST"))),
        PUT(c -> done(() -> c.setRequestMethod("PUT"))),
        HEAD(c -> done(() -> c.setRequestMethod("HEAD"))),
        NO_METHOD(c -> done(() -> c.setRequestMethod("BREW"))),
        SET_HEADER(c -> done(() -> c.setRequestProperty("X-Mine", "set"))),
        ADD_HEADER(c -> done(() -> c.addRequestProperty("X-Mine", "added"))),
        BAD_HEADER(c -> done(() -> c.setRequestProperty("X-Mine", "a\nb"))),
        NULL_HEADER(c -> done(() -> c.setRequestProperty(null, "x"))),
        GET_HEADER(c -> c.getRequestProperty("X-Mine")),
        GET_HEADERS(c -> sorted(c.getRequestProperties())),
        NO_CACHE(c -> done(() -> c.setUseCaches(false))),
        SINCE(c -> done(() -> c.setIfModifiedSince(1_000_000_000_000L))),
        CHUNKED(c -> done(() -> c.setChunkedStreamingMode(16))),
        FIXED(c -> done(() -> c.setFixedLengthStreamingMode(3))),
        FIXED_LONG(c -> done(() -> c.setFixedLengthStreamingMode(3L))),
        STAY(c -> done(() -> c.setInstanceFollowRedirects(false))),
        CONNECT_TIMEOUT(c -> done(() -> c.setConnectTimeout(1234))),
        READ_TIMEOUT(c -> done(() -> c.setReadTimeout(4321))),
        BAD_TIMEOUT(c -> done(() -> c.setReadTimeout(-1))),
        SETTINGS(c ->
                c.getDoInput() + " " + c.getDoOutput() + " " + c.getUseCaches() + " " + c.getIfModifiedSince() + " "
                        + c.getInstanceFollowRedirects() + " " + c.getConnectTimeout() + " " + c.getReadTimeout() + " "
                        + c.getAllowUserInteraction() + " " + c.getDefaultUseCaches()),
        METHOD(HttpURLConnection::getRequestMethod),
        URL(HttpURLConnection::getURL),
        CONNECT(c -> done(c::connect)),
        WRITE(c -> done(() -> c.getOutputStream().write("abc".getBytes(StandardCharsets.UTF_8)))),
        FINISH_WRITING(c -> done(() -> c.getOutputStream().close())),
        CODE(HttpURLConnection::getResponseCode),
        MESSAGE(HttpURLConnection::getResponseMessage),
        READ(c -> text(c.getInputStream())),
        READ_ONE(c -> c.getInputStream().read()),
        READ_ERROR(c -> text(c.getErrorStream())),
        CONTENT(c -> text((InputStream) c.getContent())),
        FIELD_0(c -> c.getHeaderField(0)),
        FIELD_1(c -> c.getHeaderFieldKey(1) + "=" + c.getHeaderField(1)),
        FIELD_99(c -> c.getHeaderFieldKey(99) + "=" + c.getHeaderField(99)),
        FIELD_NAMED(c -> c.getHeaderField("x-a")),
        FIELD_NONE(c -> c.getHeaderField("x-none")),
        FIELDS(c -> sorted(c.getHeaderFields())),
        LENGTH(c -> c.getContentLength() + " " + c.getContentLengthLong()),
        TYPE(c -> c.getContentType() + " " + c.getContentEncoding()),
        DATES(c -> c.getLastModified() + " " + c.getExpiration() + " " + c.getDate()),
        NUMBER(c -> c.getHeaderFieldInt("X-Number", -1) + " " + c.getHeaderFieldLong("X-Number", -1) + " "
                + c.getHeaderFieldDate("Last-Modified", -1)),
        PROXY(HttpURLConnection::usingProxy),
        DISCONNECT(c -> done(c::disconnect));

        /** The action of a test. */
        interface Doing {
            Object on(HttpURLConnection connection) throws IOException;
        }

        private final Doing doing;

        Act(Doing doing) {
            this.doing = doing;
        }

        String on(HttpURLConnection connection) {
            try {
                return this + ": " + doing.on(connection);
            } catch (IOException | RuntimeException e) {
                return this + " throws " + e.getClass().getName() + ": " + e.getMessage();
            }
        }
    }

    /** An act without a result. */
    interface Plain {
        void run() throws IOException;
    }

    private static Object done(Plain act) throws IOException {
        act.run();
        return "done";
    }

    /** A map that has no order to speak of, in one. */
    private static Object sorted(Map<String, List<String>> map) {
        return map.entrySet().stream().map(Map.Entry::toString).sorted().toList();
    }

    private static String text(InputStream stream) throws IOException {
        return stream == null ? "no stream" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    @Property(tries = 400)
    void isAsTheJdksOwn(@ForAll("paths") String path, @ForAll("acts") List<Act> all) throws IOException {
        List<Act> acts = untilItWouldHang(all);
        URI plain = nextRun(path);
        List<String> expected = run((HttpURLConnection) plain.toURL().openConnection(), plain, acts);
        URI hooked = nextRun(path);
        List<String> seen = run(HOOKED.open(hooked), hooked, acts);

        assertThat(seen).isEqualTo(expected);
        assertThat(HOOKED.defects).isEmpty();
    }

    /**
     * The acts up to a {@code disconnect()} after which the JDK's connection would wait for ever: one that has streamed
     * a body takes it for sent, connects anew, and waits for an answer to a request that it never writes (17 and 25).
     */
    private static List<Act> untilItWouldHang(List<Act> acts) {
        Set<Act> before = EnumSet.noneOf(Act.class);
        for (int i = 0; i < acts.size(); i++) {
            before.add(acts.get(i));
            boolean streams =
                    before.contains(Act.CHUNKED) || before.contains(Act.FIXED) || before.contains(Act.FIXED_LONG);
            boolean writes = before.contains(Act.WRITE) || before.contains(Act.FINISH_WRITING);
            if (acts.get(i) == Act.DISCONNECT && streams && writes) {
                return acts.subList(0, i + 1);
            }
        }
        return acts;
    }

    /** Each run has a name of its own: what an earlier one sent may arrive late. */
    private static URI nextRun(String path) {
        return server.uri(path + "?run=" + ++runs);
    }

    /** Returns what the program saw, and then what the server did. */
    private static List<String> run(HttpURLConnection connection, URI uri, List<Act> acts) {
        List<String> seen = new ArrayList<>();
        for (Act act : acts) {
            seen.add(act.on(connection));
        }
        connection.disconnect();
        if (!acts.contains(Act.CHUNKED) && !acts.contains(Act.FIXED) && !acts.contains(Act.FIXED_LONG)) {
            // Streamed, a request may still be on its way; else the JDK has waited for its answer.
            for (ReceivedRequest request : server.requests()) {
                if (!request.target().equals(uri.getPath() + "?" + uri.getQuery())) {
                    continue;
                }
                seen.add(request.method() + " " + request.target() + " " + request.headers() + " " + request.text());
            }
        }
        seen.replaceAll(line -> line.replace(uri.getQuery(), "run"));
        return seen;
    }

    @Provide
    Arbitrary<String> paths() {
        return Arbitraries.of("/ok", "/missing", "/broken", "/bare", "/nothing", "/moved", "/chunked", "/whole");
    }

    @Provide
    Arbitrary<List<Act>> acts() {
        return Arbitraries.of(Act.values()).list().ofMaxSize(10);
    }
}
