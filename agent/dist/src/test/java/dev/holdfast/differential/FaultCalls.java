package dev.holdfast.differential;

import dev.holdfast.testkit.LoopbackTls;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;

/**
 * Requests through {@code HttpURLConnection} that go wrong before they are written whole, and what programs do with the
 * connection next: much of it makes the JDK send something again. With a policy that need not act, the servers see the
 * same requests, byte for byte.
 */
final class FaultCalls {
    private static final byte[] BODY = "precious".getBytes(StandardCharsets.US_ASCII);
    private static final SSLSocketFactory TRUSTING = LoopbackTls.clientContext().getSocketFactory();

    private final Transcript t;

    FaultCalls(Transcript transcript) {
        this.t = transcript;
    }

    /** The ways in which a body is sent. */
    private enum Mode {
        BUFFERED {
            @Override
            void set(HttpURLConnection c) {}
        },
        FIXED {
            @Override
            void set(HttpURLConnection c) {
                c.setFixedLengthStreamingMode(BODY.length);
            }
        },
        CHUNKED {
            @Override
            void set(HttpURLConnection c) {
                c.setChunkedStreamingMode(0);
            }
        };

        abstract void set(HttpURLConnection c);
    }

    /** The steps of a program with a connection, whatever the result of each. */
    private enum Use {
        WRITE_AND_ASK("write", "code", "message", "error", "fields", "in", "code"),
        WRITE_AND_READ("write", "in", "code", "error"),
        WRITE_AND_LOOK("write", "field", "field", "code"),
        WRITE_TWICE("write", "write", "code", "in"),
        CONNECT_AND_WRITE("connect", "connect", "write", "code", "in"),
        WRITE_AND_GO_ON("write", "disconnect", "code", "in"),
        ASK("code", "code", "in", "fields"),
        LOOK("field", "code", "message"),
        MESSAGE("message", "message"),
        CONTENT("content", "length", "code");

        /** Those that ask for a stream to write to, and one that leaves it to the JDK. */
        static final List<Use> WRITING = List.of(
                WRITE_AND_ASK, WRITE_AND_READ, WRITE_AND_LOOK, WRITE_TWICE, CONNECT_AND_WRITE, WRITE_AND_GO_ON, ASK);

        private final List<String> steps;

        Use(String... steps) {
            this.steps = List.of(steps);
        }
    }

    void run() {
        refusedConnections();
        refusedExpectations();
        brokenHandshakes();
        refusedTunnels();
        noHttp();
        runtimeExceptions();
        incompleteBodies();
    }

    /** The first connection is refused, as while a service restarts; those after it find the server well. */
    private void refusedConnections() {
        for (Mode mode : Mode.values()) {
            for (String method : List.of("PUT", "POST")) {
                for (Use use : Use.values()) {
                    scenario("fault refused once " + method + " " + mode + " " + use, () -> {
                        ProxySelector usual = ProxySelector.getDefault();
                        ProxySelector.setDefault(new RefusingOnce());
                        try {
                            use(open(t.uri("/status/200"), method, mode), use);
                        } finally {
                            ProxySelector.setDefault(usual);
                        }
                    });
                }
            }
        }
    }

    private void refusedExpectations() {
        List<ScriptedResponse> refusals = List.of(
                ScriptedResponse.respond(503, "busy").header("Retry-After", "7").refusingBody(),
                ScriptedResponse.respond(401)
                        .header("WWW-Authenticate", "Basic realm=\"r\"")
                        .refusingBody(),
                ScriptedResponse.respond(417).refusingBody(),
                ScriptedResponse.raw("ICY 200 fine\r\n\r\n").refusingBody(),
                ScriptedResponse.afterRequestHead(Cut.CLOSE));
        for (Mode mode : List.of(Mode.FIXED, Mode.CHUNKED)) {
            for (String method : List.of("PUT", "POST")) {
                for (Use use : Use.WRITING) {
                    for (int i = 0; i < refusals.size(); i++) {
                        ScriptedResponse refusal = refusals.get(i);
                        for (boolean always : new boolean[] {true, false}) {
                            scenario("fault expect " + i + always + " " + method + " " + mode + " " + use, () -> {
                                if (always) {
                                    t.server().otherwise(refusal);
                                } else {
                                    t.server().play(refusal);
                                }
                                HttpURLConnection c = open(t.uri("/status/200"), method, mode);
                                c.setRequestProperty("Expect", "100-continue");
                                use(c, use);
                            });
                        }
                    }
                }
            }
        }
    }

    private void brokenHandshakes() {
        for (Mode mode : Mode.values()) {
            for (Use use : Use.values()) {
                for (Cut cut : List.of(Cut.CLOSE, Cut.RESET)) {
                    secure("fault handshake " + cut + " " + mode + " " + use, () -> {
                        t.server().play(ScriptedResponse.onAccept(cut));
                        use(trusting(open(t.uri("/status/200"), "PUT", mode)), use);
                    });
                }
            }
        }
    }

    private void refusedTunnels() {
        List<ScriptedResponse> refusals = List.of(
                ScriptedResponse.respond(503, "no").closing(),
                ScriptedResponse.respond(407)
                        .header("Proxy-Authenticate", "Basic realm=\"r\"")
                        .closing(),
                ScriptedResponse.respond(403).closing(),
                ScriptedResponse.afterRequestHead(Cut.CLOSE));
        for (Mode mode : Mode.values()) {
            List<Use> uses = mode == Mode.BUFFERED
                    ? List.of(Use.WRITE_AND_ASK, Use.CONNECT_AND_WRITE, Use.ASK, Use.LOOK)
                    : List.of(Use.WRITE_AND_ASK, Use.WRITE_AND_LOOK, Use.CONNECT_AND_WRITE);
            for (Use use : uses) {
                for (int i = 0; i < refusals.size(); i++) {
                    ScriptedResponse refusal = refusals.get(i);
                    scenario("fault tunnel " + i + " " + mode + " " + use, () -> {
                        t.server().otherwise(refusal);
                        URI behind = URI.create("https://" + Transcript.HOST + ":9/");
                        Proxy proxy = new Proxy(
                                Proxy.Type.HTTP,
                                new InetSocketAddress(
                                        Transcript.HOST, t.server().port()));
                        HttpURLConnection c = (HttpURLConnection) behind.toURL().openConnection(proxy);
                        use(prepared(c, "PUT", mode), use);
                    });
                }
            }
        }
    }

    private void noHttp() {
        List<String> answers = List.of(
                "ICY 200 OK\r\n\r\n",
                "Invalid\r\n\r\n",
                "HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 abc\r\n\r\n",
                "220 mail.example ESMTP\r\n",
                "HTTP/2.0 200 fine\r\n\r\n");
        for (Mode mode : Mode.values()) {
            for (Use use : Use.values()) {
                for (int i = 0; i < answers.size(); i++) {
                    String response = answers.get(i);
                    scenario("fault no http " + i + " " + mode + " " + use, () -> {
                        t.server().otherwise(ScriptedResponse.raw(response));
                        use(open(t.uri("/"), "PUT", mode), use);
                    });
                }
            }
        }
    }

    private void runtimeExceptions() {
        for (Mode mode : Mode.values()) {
            for (Use use : Use.values()) {
                scenario("fault runtime exception " + mode + " " + use, () -> {
                    ProxySelector usual = ProxySelector.getDefault();
                    ProxySelector.setDefault(new Throwing());
                    try {
                        use(open(t.uri("/status/200"), "PUT", mode), use);
                    } finally {
                        ProxySelector.setDefault(usual);
                    }
                });
            }
        }
    }

    /** Fewer bytes are written than were announced: nothing of it is a whole request. */
    private void incompleteBodies() {
        for (Use use : Use.values()) {
            scenario("fault incomplete " + use, () -> {
                HttpURLConnection c = open(t.uri("/status/200"), "PUT", Mode.BUFFERED);
                c.setFixedLengthStreamingMode(BODY.length + 1);
                use(c, use);
            });
        }
    }

    private void scenario(String name, Transcript.Scenario scenario) {
        t.scenario(name, () -> fine(scenario));
    }

    private void secure(String name, Transcript.Scenario scenario) {
        t.secure(name, () -> fine(scenario));
    }

    /** Closes all connections, so that all calls are known to have ended. */
    private void fine(Transcript.Scenario scenario) throws Exception {
        t.server().otherwise(ScriptedResponse.respond(200, "fine").closing());
        scenario.run();
    }

    private void use(HttpURLConnection c, Use use) throws IOException {
        for (String step : use.steps) {
            t.step(step, () -> switch (step) {
                case "connect" -> {
                    c.connect();
                    yield "connected";
                }
                case "write" -> {
                    try (OutputStream out = c.getOutputStream()) {
                        out.write(BODY);
                    }
                    yield "written";
                }
                case "code" -> c.getResponseCode();
                case "message" -> c.getResponseMessage();
                case "error" -> c.getErrorStream();
                case "in" -> c.getInputStream();
                case "fields" -> UrlConnectionCalls.sorted(c.getHeaderFields());
                case "field" -> c.getHeaderFieldKey(1) + ": " + c.getHeaderField("Retry-After");
                case "content" -> c.getContent();
                case "length" -> c.getContentLength();
                case "disconnect" -> {
                    c.disconnect();
                    yield "disconnected";
                }
                default -> throw new IllegalArgumentException(step);
            });
        }
        c.disconnect();
        t.settle();
    }

    private static HttpURLConnection open(URI uri, String method, Mode mode) throws IOException {
        return prepared((HttpURLConnection) uri.toURL().openConnection(), method, mode);
    }

    private static HttpURLConnection prepared(HttpURLConnection c, String method, Mode mode) throws IOException {
        c.setRequestMethod(method);
        c.setDoOutput(true);
        c.setReadTimeout(2000);
        mode.set(c);
        return c;
    }

    private static HttpURLConnection trusting(HttpURLConnection c) {
        ((HttpsURLConnection) c).setSSLSocketFactory(TRUSTING);
        return c;
    }

    /** Leads the first connection to a proxy that is not there. */
    private final class RefusingOnce extends ProxySelector {
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public List<Proxy> select(URI uri) {
            return List.of(
                    asked.getAndIncrement() == 0
                            ? new Proxy(
                                    Proxy.Type.HTTP,
                                    new InetSocketAddress(
                                            Transcript.HOST, t.refused().getPort()))
                            : Proxy.NO_PROXY);
        }

        @Override
        public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {}
    }

    private static final class Throwing extends ProxySelector {
        @Override
        public List<Proxy> select(URI uri) {
            throw new IllegalStateException("no proxies today");
        }

        @Override
        public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {}
    }
}
