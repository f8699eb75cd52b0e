/** The bundle: goes into a jar of its own. */
@org.jspecify.annotations.NullMarked
package com.example.bundle;
