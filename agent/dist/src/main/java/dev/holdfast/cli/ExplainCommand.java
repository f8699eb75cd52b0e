package dev.holdfast.cli;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Explanation;
import dev.holdfast.config.RequestShape;
import dev.holdfast.config.RequestUrl;
import dev.holdfast.simulation.OutcomeScript;
import dev.holdfast.simulation.Simulation;
import dev.holdfast.simulation.Timeline;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Explains what a file means for one request. */
@Command(
        name = "explain",
        header = "Explain what a configuration means for a request.",
        description = {
            "Tells which host pattern and route apply and why the others do not, which line each value comes from, "
                    + "and what"
                    + " would become of a call whose attempts meet given outcomes.",
            ""
        },
        customSynopsis = "@|bold java -jar holdfast-agent.jar explain|@ [OPTIONS] FILE [METHOD] URL",
        sortOptions = false,
        footer = {
            "",
            "Outcomes are statuses and failures (refused, reset, dns, proxy, timeout, connection_timeout, eof, tls), "
                    + "each with the time"
                    + " that it takes and response headers behind colons; the last one is repeated:",
            "  --outcomes 503,reset,200",
            "  --outcomes 429:retry-after=5,200:80ms",
            "  --outcomes timeout:10s",
            "The call is decided by the agent's own code, in a time that passes at once; its breaker begins closed."
        })
final class ExplainCommand extends CliCommand {
    private static final int MOST_CALLS = 100;

    @Parameters(
            arity = "0..*",
            hideParamSyntax = true,
            paramLabel = "FILE [METHOD] URL",
            description = "The configuration, and the request; METHOD is GET unless it is given.")
    private List<String> request = List.of();

    @Option(names = "--outcomes", paramLabel = "LIST", description = "What the attempts meet, in this order.")
    private @Nullable String outcomes;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description = "How many calls are made, one after the other; default 1.")
    private int calls = 1;

    @Option(
            names = "--header",
            paramLabel = "NAME",
            description = "A header that the request has, such as Idempotency-Key; may be repeated.")
    private List<String> headers = List.of();

    @Option(names = "--one-shot-body", description = "The request's body can be produced only once.")
    private boolean oneShotBody;

    @Option(
            names = "--proxy",
            paramLabel = "HOST:PORT",
            description =
                    "The HTTP proxy that the program goes through; by default that of this JVM's system properties,"
                            + " as -Dhttps.proxyHost.")
    private @Nullable String proxy;

    @Option(names = "--short", description = "Leave out the settings that are defaults.")
    private boolean shortened;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (request.size() < 2 || request.size() > 3) {
            throw wrong("expected FILE [METHOD] URL, two or three arguments, not " + request.size());
        }
        String file = request.get(0);
        String method = request.size() == 3 ? request.get(1).toUpperCase(Locale.ROOT) : "GET";
        if (!method.matches("[A-Z0-9!#$%&'*+.^_`|~-]{1,40}")) {
            throw wrong("the method is no HTTP method");
        }
        if (calls < 1 || calls > MOST_CALLS) {
            throw wrong("--calls is from 1 to " + MOST_CALLS);
        }
        if (proxy != null && !proxy.matches("(\\[[0-9A-Fa-f:.]+]|[^:/@\\s]+):[0-9]{1,5}")) {
            throw wrong("--proxy is HOST:PORT");
        }
        RequestUrl url;
        OutcomeScript script;
        try {
            url = RequestUrl.parse(request.get(request.size() - 1));
            script = outcomes == null ? null : OutcomeScript.parse(outcomes);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
        Configuration configuration;
        try {
            configuration = ConfigLoader.load(file);
        } catch (ConfigException e) {
            err().println(e.getMessage());
            return Cli.BAD_CONFIGURATION;
        }
        RequestShape shape = new RequestShape(headerNames(), !oneShotBody, proxy == null ? proxyOf(url) : proxy);
        Explanation why = Explanation.of(configuration, method, url, shape);
        Timeline timeline = script == null
                ? null
                : simulation(configuration, method, url, shape).run(script, calls);
        if (json) {
            printJson(to -> ExplanationJson.write(why, timeline, to));
        } else {
            out().print(ExplanationText.of(why, shortened));
            out().print(timeline != null ? TimelineText.of(timeline, String.valueOf(outcomes), method) : hint(why));
            out().flush();
        }
        return Cli.DONE;
    }

    private Set<String> headerNames() {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : headers) {
            // A value may come along, as curl has it; only the name is of interest.
            names.add(header.split("[:=]", 2)[0].strip());
        }
        return names;
    }

    /** The proxy that the JDK's clients would use in a JVM with these system properties; null: none. */
    private static @Nullable String proxyOf(RequestUrl url) {
        ProxySelector selector = ProxySelector.getDefault();
        URI uri;
        try {
            uri = new URI(url.origin().toString());
        } catch (URISyntaxException e) {
            return null; // no client takes it for a URI either
        }
        for (Proxy found : selector == null ? List.<Proxy>of() : selector.select(uri)) {
            if (found.type() == Proxy.Type.HTTP && found.address() instanceof InetSocketAddress address) {
                String host = address.getHostString();
                return (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + address.getPort();
            }
        }
        return null;
    }

    private Simulation simulation(Configuration configuration, String method, RequestUrl url, RequestShape shape) {
        Simulation simulation = Simulation.of(configuration.policies(), url.origin(), url.path())
                .method(method)
                .headers(shape.headers())
                .sources(configuration.provenance()::source)
                .proxy(shape.proxy());
        return oneShotBody ? simulation.oneShotBody() : simulation;
    }

    private static String hint(Explanation why) {
        return why.untouched()
                ? ""
                : System.lineSeparator() + "With --outcomes 503,reset,200 it also tells what would become of a call."
                        + System.lineSeparator();
    }
}
