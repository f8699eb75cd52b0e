package dev.holdfast.cli;

import dev.holdfast.cli.scan.Finding;
import dev.holdfast.cli.scan.Scan;
import dev.holdfast.cli.scan.Scanner;
import dev.holdfast.inventory.HttpClientLibrary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JsonGenerator;

/** Shows which HTTP clients an application contains, and whether Holdfast covers them. */
@Command(
        name = "scan",
        header = "List the HTTP clients in an application, and whether they are covered.",
        description = {
            "Looks into jars, wars, ears and directories, and into the archives in them; nothing is run. Finds known"
                    + " clients, relocated ones too, and classes that use the JDK's two.",
            ""
        },
        sortOptions = false)
final class ScanCommand extends JsonCommand {
    @Parameters(arity = "1..*", paramLabel = "PATH", description = "Jars, wars, ears or directories.")
    private List<String> paths = List.of();

    @Override
    public Integer call() {
        List<Scan> scans = new ArrayList<>();
        boolean complete = true;
        for (String path : paths) {
            try {
                Scan scan = Scanner.scan(path);
                scans.add(scan);
                complete &= scan.problems().isEmpty();
                for (String problem : scan.problems()) {
                    err().println("holdfast: " + safe(path) + ": " + safe(problem));
                }
            } catch (IOException e) {
                complete = false;
                err().println("holdfast: " + safe(path) + ": " + safe(String.valueOf(e.getMessage())));
            }
        }
        print(to -> write(scans, to), () -> scans.forEach(scan -> out().print(text(scan))));
        return complete ? Cli.DONE : Cli.NOT_POSSIBLE;
    }

    /** Returns the result for a terminal: a line for each client and place. */
    private String text(Scan scan) {
        StringBuilder text = new StringBuilder();
        if (scan.findings().isEmpty()) {
            ExplanationText.line(text, safe(scan.path()) + ": no HTTP client found");
            return text.toString();
        }
        ExplanationText.line(text, safe(scan.path()) + ":");
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("COVERED", "CLIENT", "VERSION", "IN"));
        for (Map.Entry<HttpClientLibrary, List<Finding>> client :
                byLibrary(scan).entrySet()) {
            HttpClientLibrary library = client.getKey();
            if (library.artifacts().isEmpty()) {
                rows.add(List.of("yes", library.name(), "-", users(client.getValue(), scan)));
                continue;
            }
            for (Finding finding : client.getValue()) {
                rows.add(List.of(
                        library.covered() ? "yes" : "no",
                        library.name(),
                        finding.version() == null ? "-" : safe(finding.version()),
                        place(finding, scan)
                                + (finding.relocated() ? ", relocated to " + safe(finding.packageName()) : "")));
            }
        }
        TextTable.write(rows, "  ", 0, text);
        long covered = rows.stream().filter(row -> row.get(0).equals("yes")).count();
        ExplanationText.line(
                text,
                (rows.size() - 1 - covered) + " not covered by Holdfast " + cli().version() + ", " + covered
                        + " covered");
        return text.toString();
    }

    private static Map<HttpClientLibrary, List<Finding>> byLibrary(Scan scan) {
        Map<HttpClientLibrary, List<Finding>> findings = new LinkedHashMap<>();
        for (Finding finding : scan.findings()) {
            findings.computeIfAbsent(finding.library(), library -> new ArrayList<>())
                    .add(finding);
        }
        return findings;
    }

    private static String place(Finding finding, Scan scan) {
        return safe(finding.where().isEmpty() ? scan.path() : finding.where());
    }

    /** Half of all jars use the JDK's clients somewhere: the first of them, and how many more. */
    private static String users(List<Finding> findings, Scan scan) {
        int classes = 0;
        for (Finding finding : findings) {
            classes += finding.classes();
        }
        return place(findings.get(0), scan)
                + (findings.size() == 1 ? "" : " and " + (findings.size() - 1) + " more")
                + (classes == 1 ? " (1 class)" : " (" + classes + " classes)");
    }

    /** Writes the results as JSON for a program. */
    private void write(List<Scan> scans, JsonGenerator to) {
        to.writeStartObject();
        to.writeNumberProperty("schema", 1);
        to.writeStringProperty("version", cli().version());
        to.writeArrayPropertyStart("scans");
        for (Scan scan : scans) {
            to.writeStartObject();
            to.writeStringProperty("path", scan.path());
            to.writeArrayPropertyStart("clients");
            for (Finding finding : scan.findings()) {
                to.writeStartObject();
                to.writeStringProperty("client", finding.library().name());
                to.writeBooleanProperty("covered", finding.library().covered());
                if (finding.version() == null) {
                    to.writeNullProperty("version");
                } else {
                    to.writeStringProperty("version", finding.version());
                }
                to.writeStringProperty("in", finding.where());
                to.writeStringProperty("package", finding.packageName());
                to.writeBooleanProperty("relocated", finding.relocated());
                to.writeNumberProperty("classes", finding.classes());
                to.writeEndObject();
            }
            to.writeEndArray();
            to.writeArrayPropertyStart("problems");
            scan.problems().forEach(to::writeString);
            to.writeEndArray();
            to.writeEndObject();
        }
        to.writeEndArray();
        to.writeEndObject();
    }
}
