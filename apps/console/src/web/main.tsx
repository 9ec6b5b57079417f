import { QueryClient } from "@tanstack/react-query";
import { mount } from "./mount.tsx";
import { SetupPage } from "./setup/setup-page.tsx";

const queries = new QueryClient({
  defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: true, staleTime: 5_000 } },
});
mount(<SetupPage />, queries);
