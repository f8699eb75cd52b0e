package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The configuration changed. */
@Name("dev.holdfast.Reload")
@Label("Reload")
@Description("The configuration was replaced, or could not be")
@Category("Holdfast")
@StackTrace(false)
final class ReloadEvent extends Event {
    @Label("File")
    @Nullable
    String file;

    @Label("Policies in Force")
    int policies;

    @Label("Problem")
    @Description("What is wrong with the changed file; nothing where it is in force")
    @Nullable
    String problem;
}
