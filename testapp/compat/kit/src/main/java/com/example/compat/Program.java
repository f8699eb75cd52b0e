package com.example.compat;

import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The usual calls of a program, made with whatever client there is, first to a service that is well, then to one that
 * has its bad moments, and one call to a service that is down. What the program gets to see of each is printed, one
 * line a call.
 */
public final class Program {
    /** The time that the programs wait for a response. */
    public static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The methods that nearly every client supports. */
    public static final Set<String> ALL_METHODS = Set.of("GET", "POST", "PUT", "DELETE", "PATCH");

    private static final String MARK = ">> ";

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final URI base;
    private boolean keysOfItsOwn;

    private Program(URI base) {
        this.base = base;
    }

    /**
     * A program that uses a library.
     *
     * @param arguments of {@code main}: where the service is
     * @param library its name
     * @param artifact the Maven artifact whose version is the library's; empty for the JDK itself
     */
    public static Program of(String[] arguments, String library, String artifact) {
        Program program = new Program(URI.create(arguments[0]));
        program.line("library", library, artifact);
        return program;
    }

    /** Says that the library gives its headers in an order that chance decides, anew in each JVM. */
    public Program headersInAnyOrder() {
        line("headers in any order");
        return this;
    }

    /** Names the client that carries the calls from here on, where that is none of the JDK's. */
    public Program over(String client) {
        line("over", client);
        return this;
    }

    /** Says that the library gives each POST an {@code Idempotency-Key} of its own. */
    public Program keysOfItsOwn() {
        keysOfItsOwn = true;
        return this;
    }

    /** The usual calls with a client that can do all methods. */
    public Program calls(String transport, Client client) {
        return calls(transport, ALL_METHODS, client);
    }

    /**
     * The usual calls.
     *
     * @param transport how the library reaches the JDK's client
     * @param methods those that the client can do
     */
    public Program calls(String transport, Set<String> methods, Client client) {
        Place place = new Place(transport);
        for (String method : List.of("GET", "POST")) {
            if (methods.contains(method)) {
                warmUp(Request.of(method, place.uri("warm", method, "ok")), client);
            }
        }
        for (Step step : calm(methods)) {
            // With a key, a call that fails or is not answered is one to be sent again: nothing for a calm time.
            if (keysOfItsOwn
                    && step.method.equals("POST")
                    && (step.kind.equals("status-500") || step.kind.equals("hang"))) {
                continue;
            }
            run(place, "calm", step, client);
        }
        int number = 0;
        for (Step step : storm(methods)) {
            run(place, "storm", new Step(step.name + "-" + ++number, step.method, step.kind, step.keyed), client);
        }
        run(place, "outage", new Step("get", "GET", "ok", false), client);
        return this;
    }

    /**
     * Something that only this library does, with a service that is well.
     *
     * @param kind what the service answers: see the service
     * @param action gets where to send it, gives what the program sees
     */
    public Program step(String transport, String name, String kind, Action action) {
        URI uri = new Place(transport).uri("calm", name, kind);
        line("call", transport, "calm", name, "other", seen(() -> action.run(uri)));
        return this;
    }

    /** See {@link #step}. */
    @FunctionalInterface
    public interface Action {
        /** Does it. */
        @Nullable
        Object run(URI uri) throws Exception;
    }

    private record Step(String name, String method, String kind, boolean keyed) {}

    private static List<Step> calm(Set<String> methods) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Step("get", "GET", "ok", false));
        steps.add(new Step("get-again", "GET", "ok", false));
        steps.add(new Step("get-large", "GET", "large", false));
        steps.add(new Step("get-chunked", "GET", "chunked", false));
        steps.add(new Step("get-redirected", "GET", "redirect", false));
        steps.add(new Step("get-not-found", "GET", "status-404", false));
        steps.add(new Step("get-not-implemented", "GET", "status-501", false));
        steps.add(new Step("post", "POST", "ok", false));
        steps.add(new Step("post-with-key", "POST", "ok", true));
        steps.add(new Step("post-refused", "POST", "status-422", false));
        steps.add(new Step("post-failed", "POST", "status-500", false));
        steps.add(new Step("post-timeout", "POST", "hang", false));
        steps.add(new Step("put", "PUT", "ok", false));
        steps.add(new Step("delete", "DELETE", "status-204", false));
        steps.add(new Step("patch", "PATCH", "ok", false));
        steps.add(new Step("get-last", "GET", "ok", false));
        steps.removeIf(step -> !methods.contains(step.method));
        return steps;
    }

    private static List<Step> storm(Set<String> methods) {
        List<Step> steps = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 3; i++) {
                steps.add(new Step("get", "GET", "ok", false));
            }
            steps.add(new Step("get-large", "GET", "large", false));
            steps.add(new Step("post", "POST", "ok", false));
            steps.add(new Step("post", "POST", "ok", false));
            steps.add(new Step("post-with-key", "POST", "ok", true));
            steps.add(new Step("put", "PUT", "ok", false));
            steps.add(new Step("delete", "DELETE", "ok", false));
            steps.add(new Step("patch", "PATCH", "ok", false));
        }
        steps.removeIf(step -> !methods.contains(step.method));
        return steps;
    }

    /** Loads what there is to be loaded: on a busy machine a first call may take longer than the program's patience. */
    private static void warmUp(Request request, Client client) {
        for (int i = 0; i < 3; i++) {
            if (seen(() -> client.call(request)).startsWith("200 ")) {
                return;
            }
        }
    }

    private void run(Place place, String phase, Step step, Client client) {
        URI uri = place.uri(phase, step.name, step.kind);
        Request plain = Request.of(step.method, uri);
        Request request = step.keyed ? plain.header("Idempotency-Key", "key-" + step.name) : plain;
        boolean keyed = step.keyed || (keysOfItsOwn && step.method.equals("POST"));
        boolean unsafe = !keyed && (step.method.equals("POST") || step.method.equals("PATCH"));
        line("call", place.transport, phase, step.name, unsafe ? "unsafe" : "safe", seen(() -> client.call(request)));
    }

    private static String seen(Callable<@Nullable Object> action) {
        try {
            return String.valueOf(action.call());
        } catch (Throwable e) {
            Set<String> chain = new LinkedHashSet<>();
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            for (; cause != null && chain.size() < 9; cause = cause.getCause()) {
                chain.add(cause.getClass().getName() + ": " + cause.getMessage());
            }
            return "threw " + String.join(" <- ", chain);
        }
    }

    private void line(String... parts) {
        StringBuilder line = new StringBuilder(MARK);
        for (String part : parts) {
            line.append(part.replace('\t', ' ').replace("\n", "\\n").replace("\r", "\\r"))
                    .append('\t');
        }
        out.println(line);
    }

    private final class Place {
        private final String transport;

        Place(String transport) {
            this.transport = transport;
        }

        /** Every call has a path of its own, which says what is to be answered. */
        URI uri(String phase, String step, String kind) {
            String place = transport.replaceAll("[^A-Za-z0-9]+", "-");
            return base.resolve("/" + phase + "/" + place + "/" + step + "/" + kind);
        }
    }
}
