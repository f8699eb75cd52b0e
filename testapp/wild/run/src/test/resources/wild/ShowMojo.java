package com.example.show;

import java.io.File;
import java.util.List;
import org.apache.maven.plugin.AbstractMojo;

/** Shows what the project's dependencies came to. */
public final class ShowMojo extends AbstractMojo {
    private List<String> elements;

    @Override
    public void execute() {
        for (String element : elements) {
            File file = new File(element);
            if (file.isFile()) {
                getLog().info("resolved " + file.getName() + ", " + file.length() + " bytes");
            }
        }
    }
}
