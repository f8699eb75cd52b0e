package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Checks the language of sources and commits, as CONTRIBUTING.md describes it: Javadoc in full sentences, lines of at
 * most 120 columns, commit subjects of at most 72 characters. Each error names file and line, and a better text.
 */
class StyleTest {
    private static final int COLUMNS = 120;
    private static final int SUBJECT = 72;

    /** The time from which on commits are checked, which is that of the commit before this test. */
    private static final String COMMITS_SINCE = "2026-11-30T07:52:00+00:00";

    /** Directories of a working tree that hold no sources of ours. */
    private static final Set<String> SKIPPED = Set.of("target", ".git", "node_modules");

    /** The words that begin a fragment in place of a sentence, each with a way to begin one. */
    private static final Map<String, String> FRAGMENTS = fragments();

    private static final Pattern SENTENCE_END = Pattern.compile("[.!?][)\"”]?(\\s|$)");
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^\\s*@\\p{Lower}");
    private static final Pattern FIRST_WORD = Pattern.compile("^\\p{Alpha}+");

    @Test
    void javadocBeginsWithAFullSentence() throws IOException {
        List<String> errors = new ArrayList<>();
        for (Path file : sources()) {
            for (Comment comment : comments(Files.readString(file))) {
                String error = error(comment.text());
                if (error != null) {
                    errors.add(root().relativize(file) + ":" + comment.line() + ": " + error);
                }
            }
        }
        assertThat(errors).as("Javadoc that is no sentence").isEmpty();
    }

    @Test
    void linesHaveAtMost120Columns() throws IOException {
        List<String> errors = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            Set<Integer> ofTextBlocks = linesOfTextBlocks(text);
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                int length = line.codePointCount(0, line.length());
                if (length > COLUMNS && !ofTextBlocks.contains(number)) {
                    errors.add(root().relativize(file) + ":" + number + ": " + length
                            + " columns; break a comment at a word, and a string with +");
                }
            }
        }
        assertThat(errors).as("lines past " + COLUMNS + " columns").isEmpty();
    }

    @Test
    void commitSubjectsAreShortAndBeginWithACapitalLetter() throws Exception {
        Assumptions.assumeTrue(
                Files.exists(root().resolve(".git")), "NOT CHECKED: commit subjects, since this tree has no .git");
        Process git = new ProcessBuilder(
                        "git", "log", "--no-merges", "--since=" + COMMITS_SINCE, "--format=%h %s", "HEAD")
                .directory(root().toFile())
                .redirectErrorStream(true)
                .start();
        String log = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(git.waitFor()).as(log).isZero();
        List<String> errors = new ArrayList<>();
        for (String line : log.lines().toList()) {
            int blank = line.indexOf(' ');
            String error = subjectError(line.substring(blank + 1));
            if (error != null) {
                errors.add("commit " + line.substring(0, blank) + ": " + error);
            }
        }
        assertThat(errors).as("commit subjects").isEmpty();
    }

    @Test
    void eachRuleFindsItsErrors() {
        assertThat(error("Whether it is open.")).contains("begins with \"Whether\"", "Returns whether");
        assertThat(error("What an attempt\n gave")).contains("begins with \"What\"");
        assertThat(error("Returns the state")).contains("no period");
        assertThat(error("Returns the state.\n @return open or closed")).isNull();
        assertThat(error("@return open or closed")).isNull();
        assertThat(error("{@inheritDoc}")).isNull();
        assertThat(comments("String s = \"/** True if. */\";\n// /** True if. */\n/** Sends it. */ int a;"))
                .containsExactly(new Comment(3, "Sends it."));
        assertThat(comments("/**\n * Sends it.\n *\n * <p>Twice.\n */"))
                .containsExactly(new Comment(1, "Sends it.\n\n<p>Twice."));
        assertThat(linesOfTextBlocks("a\n\"\"\"\n long\n \"\"\"\nb")).containsExactlyInAnyOrder(2, 3, 4);
        assertThat(subjectError("x".repeat(10))).contains("capital");
        assertThat(subjectError("X".repeat(73))).contains("73 characters");
        assertThat(subjectError("Close discarded responses before the wait")).isNull();
    }

    private static Map<String, String> fragments() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("Whether", "\"Returns whether …\" for a method, \"True if …\" for a field");
        for (String word : List.of("What", "Which", "Who", "Whom", "Whose")) {
            words.put(word, "\"Returns the …\" for a method, \"The …\" for a field or a type");
        }
        words.put("How", "\"The number of …\", \"The time that …\", \"The way in which …\"");
        words.put("Why", "\"The reason why …\", \"Returns the reason why …\"");
        for (String word : List.of("Where", "When", "From", "In", "To", "For", "Of", "As", "No")) {
            words.put(word, "the verb of a method, such as \"Returns …\", or what a field or a type is: \"The …\"");
        }
        return words;
    }

    /** Returns what is wrong with the text of a Javadoc comment, and what to write instead; null if nothing is. */
    private static String error(String javadoc) {
        Matcher tag = BLOCK_TAG.matcher(javadoc);
        String description = (tag.find() ? javadoc.substring(0, tag.start()) : javadoc).strip();
        Matcher word = FIRST_WORD.matcher(description);
        if (description.isEmpty() || description.startsWith("{@inheritDoc}")) {
            return null;
        }
        if (word.find() && FRAGMENTS.containsKey(word.group())) {
            return "begins with \"" + word.group() + "\", a fragment; write " + FRAGMENTS.get(word.group());
        }
        return SENTENCE_END.matcher(description).find() ? null : "its first sentence has no period at its end";
    }

    private static String subjectError(String subject) {
        int length = subject.codePointCount(0, subject.length());
        if (length > SUBJECT) {
            return "its subject has " + length + " characters; allowed: " + SUBJECT + "; put the reason into the body: "
                    + subject;
        }
        return Character.isUpperCase(subject.codePointAt(0))
                ? null
                : "its subject does not begin with a capital letter; write it in the imperative: " + subject;
    }

    private record Comment(int line, String text) {}

    private static List<Comment> comments(String source) {
        List<Comment> comments = new ArrayList<>();
        for (Token token : tokens(source)) {
            String text = source.substring(token.start, token.end);
            if (text.startsWith("/**") && text.length() > 5) {
                String stripped = text.substring(3, text.length() - 2).replaceAll("\n[ \t]*\\* ?", "\n");
                comments.add(new Comment(lineOf(source, token.start), stripped.strip()));
            }
        }
        return comments;
    }

    private static Set<Integer> linesOfTextBlocks(String source) {
        Set<Integer> lines = new java.util.HashSet<>();
        for (Token token : tokens(source)) {
            if (source.startsWith("\"\"\"", token.start)) {
                for (int line = lineOf(source, token.start); line <= lineOf(source, token.end); line++) {
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    private static int lineOf(String source, int at) {
        return (int) source.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }

    private record Token(int start, int end) {}

    /** Returns the comments and the literals of a source, which may look like one another inside. */
    private static List<Token> tokens(String source) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < source.length()) {
            int end = at + 1;
            if (source.startsWith("//", at)) {
                end = after(source, "\n", at);
            } else if (source.startsWith("/*", at)) {
                end = after(source, "*/", at + 2);
            } else if (source.startsWith("\"\"\"", at)) {
                end = endOfLiteral(source, "\"\"\"", at + 3);
            } else if (source.charAt(at) == '"' || source.charAt(at) == '\'') {
                end = endOfLiteral(source, source.substring(at, at + 1), at + 1);
            } else {
                at = end;
                continue;
            }
            tokens.add(new Token(at, end));
            at = end;
        }
        return tokens;
    }

    private static int after(String source, String what, int from) {
        int found = source.indexOf(what, from);
        return found < 0 ? source.length() : found + what.length();
    }

    private static int endOfLiteral(String source, String quote, int from) {
        int at = from;
        while (at < source.length() && !source.startsWith(quote, at)) {
            at += source.charAt(at) == '\\' ? 2 : 1;
        }
        return Math.min(at + quote.length(), source.length());
    }

    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return SKIPPED.contains(directory.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        assertThat(files).as("sources below " + root()).hasSizeGreaterThan(500);
        return files;
    }

    /** Returns the repository's directory: the one that CONTRIBUTING.md is in. */
    private static Path root() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("CONTRIBUTING.md"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
