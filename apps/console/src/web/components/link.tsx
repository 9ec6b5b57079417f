import { Anchor, type AnchorProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";

type Native<Own> = Own & Omit<ComponentProps<"a">, keyof Own>;

/** A link within a text, to a page of the console. */
export const TextLink = createLink((props: Native<AnchorProps>) => <Anchor {...props} />);

/** A link that looks like a button, where what it does is to go to a page. */
export const ButtonLink = createLink((props: Native<ButtonProps>) => <Button component="a" {...props} />);
