import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { dataOf } from "../../../api/client.ts";
import { ProblemAlert } from "../../../components/problem-alert.tsx";
import { useCatalogue } from "../../../texts/language.tsx";
import { api } from "../../api.ts";
import { useOrganization } from "../../organization.ts";
import { HourChart } from "./hour-chart.tsx";
import { causesOf, hoursOf } from "./hours.ts";
import { Part } from "./part.tsx";
import { overviewTexts } from "./texts.ts";

/** Sign-ins and pushes of the last day, by the hour. */
export function Activity() {
  const texts = useCatalogue(overviewTexts);
  const { slug: org } = useOrganization();
  const statistics = useQuery({
    queryKey: ["statistics", org],
    queryFn: () => dataOf(api.GET("/organizations/{org}/statistics", { params: { path: { org } } })),
  });
  if (statistics.isPending) {
    return <Skeleton height={120} />;
  }
  if (statistics.isError) {
    return <ProblemAlert error={statistics.error} onRetry={() => void statistics.refetch()} />;
  }
  const { data } = statistics;
  const causes = causesOf(data.logins);
  return (
    <>
      <Part title={texts.logins}>
        {data.logins.length === 0 ? (
          <Text c="dimmed">{texts.quiet}</Text>
        ) : (
          <HourChart
            title={texts.logins}
            hourLabel={texts.hour}
            hours={hoursOf(data, data.logins)}
            outcomes={[
              { name: "success", label: texts.outcome.success, kind: "good" },
              { name: "failure", label: texts.outcome.failure, kind: "bad" },
              { name: "started", label: texts.outcome.started, kind: "neutral" },
            ]}
          />
        )}
      </Part>
      {causes.length > 0 && (
        <Part title={texts.causes}>
          <ul className="facts">
            {causes.map(([cause, count]) => (
              <li key={cause}>
                <code>{cause}</code> {count}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title={texts.pushes}>
        {data.pushes.length === 0 ? (
          <Text c="dimmed">{texts.quiet}</Text>
        ) : (
          <HourChart
            title={texts.pushes}
            hourLabel={texts.hour}
            hours={hoursOf(data, data.pushes)}
            outcomes={[
              { name: "success", label: texts.outcome.success, kind: "good" },
              { name: "refused", label: texts.outcome.refused, kind: "warning" },
              { name: "failure", label: texts.outcome.failure, kind: "bad" },
            ]}
          />
        )}
      </Part>
    </>
  );
}
