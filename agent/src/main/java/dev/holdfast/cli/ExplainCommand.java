package dev.holdfast.cli;

import dev.holdfast.config.ConfigException;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Explanation;
import dev.holdfast.config.RequestUrl;
import dev.holdfast.observe.rehearsal.Rehearsal;
import dev.holdfast.observe.rehearsal.Script;
import dev.holdfast.observe.rehearsal.Timeline;
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
            "Tells which host pattern and route apply and why the others do not, which line each value comes from, and what"
                    + " would become of a call whose attempts meet given outcomes.",
            ""
        },
        customSynopsis = "@|bold java -jar holdfast-agent.jar explain|@ [OPTIONS] FILE [METHOD] URL",
        sortOptions = false,
        footer = {
            "",
            "Outcomes are statuses and failures (refused, reset, dns, timeout, connection_timeout, eof, tls), each with the time"
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

    @Option(names = "--short", description = "Leave out the settings that are defaults.")
    private boolean shortened;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Override
    public Integer call() {
        if (request.size() < 2 || request.size() > 3) {
            throw wrong("FILE [METHOD] URL is what it takes, two or three arguments, not " + request.size());
        }
        String file = request.get(0);
        String method = request.size() == 3 ? request.get(1).toUpperCase(Locale.ROOT) : "GET";
        if (!method.matches("[A-Z0-9!#$%&'*+.^_`|~-]{1,40}")) {
            throw wrong("the method is no HTTP method");
        }
        if (calls < 1 || calls > MOST_CALLS) {
            throw wrong("--calls is from 1 to " + MOST_CALLS);
        }
        RequestUrl url;
        Script script;
        try {
            url = RequestUrl.parse(request.get(request.size() - 1));
            script = outcomes == null ? null : Script.parse(outcomes);
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
        Explanation why = Explanation.of(configuration, method, url);
        Timeline timeline =
                script == null ? null : rehearsal(configuration, method, url).play(script, calls);
        if (json) {
            printJson(to -> ExplanationJson.write(why, timeline, to));
        } else {
            out().print(ExplanationText.of(why, shortened));
            out().print(timeline != null ? TimelineText.of(timeline, String.valueOf(outcomes)) : hint(why));
            out().flush();
        }
        return Cli.DONE;
    }

    private Rehearsal rehearsal(Configuration configuration, String method, RequestUrl url) {
        Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        for (String header : headers) {
            // A value may come along, as curl has it; only the name is of interest.
            names.add(header.split("[:=]", 2)[0].strip());
        }
        Rehearsal rehearsal = Rehearsal.of(configuration.policies(), url.origin(), url.path())
                .method(method)
                .headers(names);
        return oneShotBody ? rehearsal.oneShotBody() : rehearsal;
    }

    private static String hint(Explanation why) {
        return why.untouched()
                ? ""
                : System.lineSeparator() + "With --outcomes 503,reset,200 it also tells what would become of a call."
                        + System.lineSeparator();
    }
}
