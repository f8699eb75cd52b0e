package dev.holdfast.cli;

import dev.holdfast.config.Presets;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a file to begin with. */
@Command(
        name = "init",
        header = "Write a commented configuration to begin with.",
        description = {"A file that is there already is left alone.", ""})
final class InitCommand extends CliCommand {
    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "Its name; default holdfast.toml. - is standard output.")
    private String file = "holdfast.toml";

    @Option(names = "--force", description = "Write over a file that is there already.")
    private boolean force;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description =
                    "Write the policy for an API instead: aws, elasticsearch, github, maven, oidc, openai or stripe.")
    private @Nullable String preset;

    @Override
    public Integer call() throws IOException, CommandException {
        byte[] text = preset == null ? starter() : preset(preset);
        if (file.equals("-")) {
            out().print(new String(text, StandardCharsets.UTF_8));
            out().flush();
            return Cli.DONE;
        }
        OpenOption[] options = force
                ? new OpenOption[] {
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING
                }
                : new OpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE};
        Path path = new File(file).toPath();
        try {
            Files.write(path, text, options);
        } catch (FileAlreadyExistsException e) {
            throw new CommandException(file + " is there already, and was left as it is; --force writes over it");
        } catch (NoSuchFileException e) {
            throw new CommandException(file + " cannot be written: its directory does not exist");
        } catch (IOException e) {
            throw new CommandException(file + " cannot be written: " + e);
        }
        String check = "java -jar " + cli().jar().getName() + " check " + file;
        out().println("wrote " + file + "; next: "
                + (preset == null || namesHosts(text) ? check : "name the hosts in it that it is for, then " + check));
        return Cli.DONE;
    }

    private static byte[] preset(String name) throws CommandException {
        String text = Presets.text(name);
        if (text == null) {
            throw new CommandException(
                    "there is no preset " + name + "; known are " + String.join(", ", Presets.names()));
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns whether a preset is for hosts that all share: for some APIs everybody has a host of their own. */
    private static boolean namesHosts(byte[] text) {
        return new String(text, StandardCharsets.UTF_8).lines().anyMatch(line -> line.startsWith("hosts = "));
    }

    private static byte[] starter() throws IOException {
        try (InputStream in = InitCommand.class.getResourceAsStream("starter.toml")) {
            if (in == null) {
                throw new IOException("starter.toml is not in the jar");
            }
            return in.readAllBytes();
        }
    }
}
