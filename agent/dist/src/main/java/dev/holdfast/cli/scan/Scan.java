package dev.holdfast.cli.scan;

import java.util.List;

/**
 * The findings in one file or directory.
 *
 * @param path as it was named
 * @param findings sorted: what is not covered first
 * @param problems what could not be read, and why: with any, something may have been missed
 */
public record Scan(String path, List<Finding> findings, List<String> problems) {
    /** Copies the lists. */
    public Scan {
        findings = List.copyOf(findings);
        problems = List.copyOf(problems);
    }
}
