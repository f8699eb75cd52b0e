/** Programs that use client libraries as their manuals say, and what they have in common. */
@org.jspecify.annotations.NullMarked
package com.example.compat;
