package dev.holdfast.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A page for users, as far as what it shows can be tried.
 *
 * @param blocks its fenced blocks, in order
 */
record Page(List<Block> blocks) {
    /**
     * A fenced block.
     *
     * @param heading the heading that it stands under
     * @param language what the fence says that it is, empty where it says nothing
     * @param text its lines
     */
    record Block(String heading, String language, String text) {}

    static Page read(Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        String heading = "";
        String language = null;
        StringBuilder text = new StringBuilder();
        for (String line : Files.readAllLines(file)) {
            if (language == null && line.startsWith("#")) {
                heading = line.replaceFirst("^#+ *", "");
            } else if (language == null && line.startsWith("```")) {
                language = line.substring(3);
                text.setLength(0);
            } else if (language != null && line.equals("```")) {
                blocks.add(new Block(heading, language, text.toString()));
                language = null;
            } else if (language != null) {
                text.append(line).append('\n');
            }
        }
        return new Page(List.copyOf(blocks));
    }

    /** The blocks under a heading in a language. */
    List<Block> under(String heading, String language) {
        return blocks.stream()
                .filter(block ->
                        block.heading().equals(heading) && block.language().equals(language))
                .toList();
    }

    /** The text of the one block under a heading in a language. */
    String only(String heading, String language) {
        List<Block> found = under(heading, language);
        if (found.size() != 1) {
            throw new AssertionError(found.size() + " blocks of " + language + " under " + heading);
        }
        return found.get(0).text();
    }
}
