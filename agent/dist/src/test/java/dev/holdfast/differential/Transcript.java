package dev.holdfast.differential;

import dev.holdfast.testkit.ReceivedRequest;
import dev.holdfast.testkit.ScriptedResponse;
import dev.holdfast.testkit.ScriptedResponse.Cut;
import dev.holdfast.testkit.ScriptedServer;
import dev.holdfast.testkit.Unreachable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be observed, as lines of text: what each step of a program gave or threw, then what the server
 * received. Ports, which differ from run to run, are replaced.
 */
final class Transcript {
    /** The address that the matching policy of the third run names. */
    static final String HOST = "127.0.0.2";

    /** The beginning of a line that is no part of what is compared: it helps to explain a difference. */
    static final String NOTE = "note: ";

    /**
     * The parts that differ from run to run: internal names in the JDK's messages, temporary files, lambdas, hash
     * codes, random keys.
     */
    private static final Pattern VARYING =
            Pattern.compile("SocketTube\\(\\d+\\) \\[[^]]*]|jar_cache\\d+|(?<=\\w)@[0-9a-f]+|(?<=actual: )\\d+"
                    + "|\\$\\$Lambda[^ ]*|(?<=Sec-WebSocket-Key[=:])[^,]*");

    private final StringBuilder text = new StringBuilder();
    private final Unreachable refusing = Unreachable.refusing(HOST);
    private ScriptedServer server = ScriptedServer.http(HOST);
    private int scenarios;

    /** A piece of a program that uses the server. */
    interface Scenario {
        void run() throws Exception;
    }

    /** Runs a scenario against a server of its own, and appends what the server saw of it. */
    void scenario(String name, Scenario scenario) {
        observed(name, ScriptedServer.http(HOST), scenario);
    }

    /** The same against a server that speaks TLS. */
    void secure(String name, Scenario scenario) {
        observed(name, ScriptedServer.https(HOST), scenario);
    }

    /** The same against a server whose certificate is for other addresses. */
    void misnamed(String name, Scenario scenario) {
        observed(name, ScriptedServer.https("127.0.0.12"), scenario);
    }

    private void observed(String name, ScriptedServer with, Scenario scenario) {
        run(name, with, scenario);
        // Two connections are read side by side: whose head is listed first says nothing.
        List<ReceivedRequest> requests = new ArrayList<>(server.requests());
        requests.sort(Comparator.comparingInt(ReceivedRequest::connection));
        for (ReceivedRequest r : requests) {
            line("server: #" + r.connection() + " " + r.method() + " " + r.target() + " " + r.headers() + " "
                    + body(r.body()));
        }
        line("server: " + server.accepted() + " connections");
        server.endedWithoutRequest().forEach(end -> line(NOTE + "server: " + end.replaceAll("[^ -~]", "?")));
    }

    /** A scenario in which it depends on who is faster what the server sees: only what the program sees is recorded. */
    void racing(String name, Scenario scenario) {
        run(name, ScriptedServer.http(HOST), scenario);
    }

    private void run(String name, ScriptedServer with, Scenario scenario) {
        server.close();
        server = with.otherwise(this::answer);
        scenarios++;
        line("== " + name);
        if (Boolean.getBoolean("differential.progress")) {
            System.err.println(name);
        }
        try {
            scenario.run();
        } catch (Throwable e) {
            thrown("scenario", e);
        }
    }

    /** Runs a step and appends what it gave or threw. */
    void step(String name, Callable<@Nullable Object> step) {
        try {
            line(name + " = " + show(step.call()));
        } catch (Throwable e) {
            thrown(name, e);
        }
    }

    /** A URI of the scenario's server. */
    URI uri(String path) {
        return server.uri(path);
    }

    /** An address that refuses connections. */
    URI refused() {
        return refusing.uri("/");
    }

    /**
     * Waits until all requests are listed and all connections counted: these are accepted in turn, and the client has
     * closed its own.
     */
    void settle() throws IOException {
        try (Socket last = new Socket(HOST, server.port())) {
            last.getOutputStream()
                    .write("GET /end HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            last.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // It was accepted, and reset.
        }
        server.awaitOpen(0);
    }

    ScriptedServer server() {
        return server;
    }

    private void thrown(String name, Throwable e) {
        line(name + " threw " + described(e));
    }

    /** An exception with all that caused it. */
    static String described(Throwable e) {
        // The JDK wraps a remembered exception anew each time that it is asked: how often is nobody's business.
        Set<String> chain = new LinkedHashSet<>();
        Throwable t = e instanceof InvocationTargetException ? e.getCause() : e;
        for (int depth = 0; t != null && depth < 9; t = nextCause(t), depth++) {
            chain.add(t.getClass().getName() + ": " + t.getMessage()
                    + (t.getSuppressed().length > 0 ? " suppressing " + Arrays.toString(t.getSuppressed()) : ""));
        }
        return String.join(" <- ", chain);
    }

    /**
     * Returns the next cause, except below a timeout, where it depends on how far the connection's own end has come by
     * then.
     */
    private static @Nullable Throwable nextCause(Throwable t) {
        return t instanceof HttpTimeoutException ? null : t.getCause();
    }

    private static String show(@Nullable Object value) throws IOException {
        if (value instanceof byte[] bytes) {
            return body(bytes);
        }
        if (value instanceof InputStream in) {
            return "stream " + body(in.readAllBytes());
        }
        if (value instanceof Object[] array) {
            return Arrays.deepToString(array);
        }
        return String.valueOf(value);
    }

    private static String body(byte[] bytes) {
        String s = new String(bytes, StandardCharsets.UTF_8);
        return bytes.length + " bytes " + (bytes.length > 200 ? "hash " + Arrays.hashCode(bytes) : "'" + s + "'");
    }

    private static byte[] gzipped(String plain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(plain.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void line(String line) {
        text.append(VARYING.matcher(line)
                        .replaceAll("(varies)")
                        // An alert to a peer that has gone may or may not find it gone.
                        .replace(" suppressing [java.net.SocketException: Broken pipe]", "")
                        .replace(":" + server.port(), ":PORT")
                        .replace(":" + refusing.port(), ":REFUSED")
                        .replace("\n", "\\n"))
                .append('\n');
    }

    /** The whole, with totals at its end. */
    @Override
    public String toString() {
        return text + "total: " + scenarios + " scenarios\n";
    }

    /** The server's answers, by path: {@code /status/404}, {@code /redirect/302/TARGET}, …. */
    private ScriptedResponse answer(ReceivedRequest request) {
        if (request.method().equals("CONNECT")) {
            return ScriptedResponse.respond(403, "no tunnel");
        }
        String[] path = URI.create(request.target()).getPath().split("/", 4);
        String word = path.length > 1 ? path[1] : "";
        String argument = path.length > 2 ? path[2] : "";
        return switch (word) {
            case "status" ->
                ScriptedResponse.respond(Integer.parseInt(argument), "status " + argument)
                        .header("Content-Type", "text/plain")
                        .header("X-Order", "first")
                        .header("X-Order", "second")
                        .header("Date", "Sun, 01 Nov 2026 10:00:00 GMT");
            case "redirect" ->
                ScriptedResponse.respond(Integer.parseInt(argument), "moved")
                        .header("Location", path.length > 3 ? "/" + path[3] : "/status/200");
            case "nowhere" -> ScriptedResponse.respond(302, "moved without saying where to");
            case "loop" -> ScriptedResponse.respond(302).header("Location", "/loop");
            case "headers" ->
                ScriptedResponse.respond(200, "walk")
                        .header("X-Number", "42")
                        .header("X-Date", "Sun, 01 Nov 2026 10:00:00 GMT")
                        .header("Last-Modified", "Sun, 01 Nov 2026 11:00:00 GMT")
                        .header("Expires", "Sun, 01 Nov 2026 12:00:00 GMT")
                        .header("Date", "Sun, 01 Nov 2026 13:00:00 GMT")
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .header("Content-Encoding", "identity")
                        .header("X-Twice", "one")
                        .header("x-twice", "two");
            case "cookie" -> ScriptedResponse.respond(200, "cookie").header("Set-Cookie", "a=b; Path=/");
            case "private" -> {
                String wanted =
                        "Basic " + Base64.getEncoder().encodeToString("user:pass".getBytes(StandardCharsets.US_ASCII));
                yield request.header("Authorization").filter(wanted::equals).isPresent()
                        ? ScriptedResponse.respond(200, "let in")
                        : ScriptedResponse.respond(401, "who is there").header("WWW-Authenticate", "Basic realm=\"r\"");
            }
            case "chunked" ->
                ScriptedResponse.respond(200, "in chunks ".repeat(100))
                        .chunked()
                        .dripping(100, Duration.ofMillis(1));
            case "large" -> ScriptedResponse.respond(200, "large ".repeat(40_000));
            case "untilclose" -> ScriptedResponse.respond(200, "to the end").untilClose();
            case "closing" -> ScriptedResponse.respond(200, "bye").closing();
            case "short" -> ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.CLOSE);
            case "resetbody" -> ScriptedResponse.respond(200, "0123456789").cutInBody(4, Cut.RESET);
            case "reset" -> ScriptedResponse.afterRequest(Cut.RESET);
            case "close" -> ScriptedResponse.afterRequest(Cut.CLOSE);
            case "resethead" -> ScriptedResponse.respond(200).cutInHead(25, Cut.RESET);
            case "garbage" -> ScriptedResponse.respond(200, "x").header("Broken", "a\r\nno colon here");
            case "hang" -> ScriptedResponse.afterRequest(Cut.HANG);
            case "interim" ->
                ScriptedResponse.respond(200, "after all")
                        .after(ScriptedResponse.respond(103).header("Link", "</a>"));
            case "gzipped" ->
                ScriptedResponse.respond(200).header("Content-Encoding", "gzip").body(gzipped("good ".repeat(100)));
            case "cacheable" ->
                ScriptedResponse.respond(200, "cacheable " + argument).header("Cache-Control", "max-age=3600");
            case "validated" ->
                request.header("If-None-Match").isPresent()
                        ? ScriptedResponse.respond(304).header("ETag", "\"v1\"")
                        : ScriptedResponse.respond(200, "validated").header("ETag", "\"v1\"");
            case "gzip" -> ScriptedResponse.respond(200, "not really").header("Content-Encoding", "gzip");
            default -> ScriptedResponse.respond(200, request.method() + " " + request.target());
        };
    }
}
