package compat;

import dev.holdfast.testkit.ForkedJvm;
import dev.holdfast.testkit.Jdks.Jdk;
import dev.holdfast.testkit.ReceivedRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The calls and requests of a program and the service in one JVM.
 *
 * @param name the library's name
 * @param artifact whose version is the library's
 * @param clients the client that carries a transport's calls, by transport
 * @param calls in their order
 * @param requests in the order of their arrival
 * @param err what the JVM wrote to standard error
 */
record Run(
        String name,
        String artifact,
        Map<String, String> clients,
        List<Call> calls,
        List<Request> requests,
        String err) {
    private static final String MARK = ">> ";

    /** The clients that Holdfast covers, as the programs name them. */
    private static final Set<String> COVERED = Set.of("jdk", "okhttp", "apache5", "apache4");

    /** The parts that differ from run to run: internal names in messages, boundaries and keys by chance. */
    private static final Pattern VARYING = Pattern.compile("SocketTube\\(\\d+\\) \\[[^]]*]"
            + "|@[0-9a-f]{5,8}\\b|(?<=Sec-WebSocket-Key=)[^,\\]]*"
            + "|\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\\b");

    /**
     * A call of the program.
     *
     * @param unsafe whether it must not be sent twice
     * @param seen what the program saw
     */
    record Call(String transport, String phase, String step, String safety, String seen) {
        boolean unsafe() {
            return safety.equals("unsafe");
        }

        boolean good() {
            return seen.startsWith("200 ");
        }

        boolean stormy() {
            return phase.equals("storm");
        }

        /** The path of its requests up to what is answered. */
        String path() {
            return "/" + phase + "/" + transport.replaceAll("[^A-Za-z0-9]+", "-") + "/" + step + "/";
        }
    }

    /** A request that the service received: its path, and all of it as text. */
    record Request(String path, String text) {}

    /**
     * Runs a program.
     *
     * @param policies the agent's configuration; null: no agent
     */
    static Run of(Library library, Jdk jdk, @Nullable Path policies) {
        try (Service service = new Service()) {
            ForkedJvm jvm = new ForkedJvm(jdk).classPath(library.classPath());
            if (policies != null) {
                jvm.agent(policies.toString());
            }
            ForkedJvm.Result result = jvm.jvm("-Dsun.net.client.defaultReadTimeout=2000")
                    .main(library.main(), service.uri())
                    .within(Duration.ofMinutes(3))
                    .run()
                    .succeeded();
            List<String[]> lines = result.lines().stream()
                    .filter(line -> line.startsWith(MARK))
                    .map(line -> line.substring(MARK.length()).split("\t"))
                    .toList();
            List<Call> calls = lines.stream()
                    .filter(line -> line[0].equals("call"))
                    .map(line -> new Call(line[1], line[2], line[3], line[4], normal(line[5], service.port())))
                    .toList();
            boolean inAnyOrder = lines.stream().anyMatch(line -> line[0].equals("headers in any order"));
            List<Request> requests = service.requests().stream()
                    .map(request -> new Request(
                            Service.pathOf(request.target()), normal(text(request, inAnyOrder), service.port())))
                    .toList();
            String[] head = lines.get(0);
            return new Run(head[1], head.length > 2 ? head[2] : "", clients(lines), calls, requests, result.err());
        }
    }

    private static Map<String, String> clients(List<String[]> lines) {
        Map<String, String> clients = new HashMap<>();
        String client = "jdk";
        for (String[] line : lines) {
            if (line[0].equals("over")) {
                client = line[1];
            } else if (line[0].equals("call")) {
                clients.put(line[1], client);
            }
        }
        return clients;
    }

    /** Returns whether Holdfast covers the client that carries a transport's calls. */
    boolean covered(String transport) {
        return COVERED.contains(clients.get(transport));
    }

    private static String text(ReceivedRequest request, boolean inAnyOrder) {
        String boundary = request.header("Content-Type")
                .filter(type -> type.contains("boundary="))
                .map(type -> type.replaceFirst(".*boundary=", ""))
                .orElse("no boundary");
        String body = new String(request.body(), StandardCharsets.UTF_8).replace(boundary, "BOUNDARY");
        String shown = body.length() > 500 ? body.length() + " characters " + body.hashCode() : body;
        String headers = (inAnyOrder ? sorted(request) : request.headers().toString()).replace(boundary, "BOUNDARY");
        return request.method() + " " + request.target() + " " + headers + " " + shown
                + (request.complete() ? "" : " (incomplete)");
    }

    /**
     * The message of a timeout that the client sometimes gives on 17, where its timer and the connection that it closes
     * race.
     */
    private static final String CLOSED = "HTTP/1.1 header parser received no bytes";

    private static final Pattern TIMED_OUT =
            Pattern.compile("java\\.io\\.IOException: request timed out <- .*connection closed locally"
                    + "|java\\.net\\.http\\.HttpTimeoutException: (request timed out|Request cancelled|null|get)( <- "
                    + ".*)?"
                    // OkHttp's watchdog and the socket's own limit, which end at the same time.
                    + "|java\\.net\\.SocketTimeoutException: (timeout|Read timed out)( <- java\\.net\\.Socket("
                    + "Exception: Socket closed|TimeoutException: Read timed out))?");

    /** So with a cancel and the exchange that it ends: who is first shows in the message. */
    private static final Pattern CANCELLED = Pattern.compile(
            "(?<=hang\": )(Request cancelled|null|get)\\b|(?<=hang: )(Timeout|request timed out)( <- .*)?");

    private static String sorted(ReceivedRequest request) {
        return request.headers().stream()
                .map(Object::toString)
                .sorted()
                .toList()
                .toString();
    }

    private static String normal(String text, int port) {
        String same = VARYING.matcher(text.replace(":" + port, ":PORT").replace(CLOSED, "request timed out"))
                .replaceAll("(varies)");
        return CANCELLED
                .matcher(TIMED_OUT.matcher(same).replaceAll("(timed out)"))
                .replaceAll("(cancelled)");
    }

    /** Its transports, in their order. */
    List<String> transports() {
        return calls.stream().map(Call::transport).distinct().toList();
    }

    /** The calls of a transport in a phase. */
    List<Call> calls(String transport, String phase) {
        return calls.stream()
                .filter(call -> call.transport.equals(transport) && call.phase.equals(phase))
                .toList();
    }

    /** Returns how many requests there were for a call. */
    long requests(Call call) {
        return requests.stream()
                .filter(request -> request.path.startsWith(call.path()))
                .count();
    }

    /** Writes all of it to a file. */
    void write(Path file) {
        StringBuilder text = new StringBuilder();
        calls.forEach(
                call -> text.append(call.path()).append(' ').append(call.seen).append('\n'));
        text.append("--- the service received\n");
        requests.forEach(request -> text.append(request.text).append('\n'));
        text.append("--- standard error\n").append(err);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what both sides saw while the service was well: by call, then by request. */
    Map<String, String> calm() {
        Map<String, String> seen = new LinkedHashMap<>();
        for (Call call : calls) {
            if (call.phase.equals("calm")) {
                seen.put("the program, " + call.path(), call.seen);
            }
        }
        List<String> received = new ArrayList<>();
        for (Request request : requests) {
            if (request.path.startsWith("/calm/")) {
                received.add(request.text);
            }
        }
        for (int i = 0; i < received.size(); i++) {
            seen.put("the service, request " + i, received.get(i));
        }
        return seen;
    }
}
