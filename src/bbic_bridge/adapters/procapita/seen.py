"""What the rows of a pass have told that later rows need: persons, and how rows hang together."""

from pydantic import BaseModel

from bbic_bridge.adapters.procapita.rows import Decision, Row, Service, Ties, child


class Seen(BaseModel):
    """Persons by customer and by service; services, each with its decision, by execution."""

    customers: dict[int, str] = {}
    services: dict[int, str | None] = {}
    executions: dict[int, tuple[int, int | None]] = {}

    def service(self, row: Service | Ties) -> str | None:
        """Notes a service, and returns whom it is about."""
        person = self.person(row)
        if row.id is not None:
            self.services[row.id] = person
            if row.execution_id is not None:
                self.executions[row.execution_id] = (row.id, row.decision_id)
        return person

    def person(self, row: Service | Decision | Ties) -> str | None:
        """Notes, and returns, whom a row with persons is about."""
        person = child(row.persons)
        if person is not None and row.customer_number is not None:
            self.customers[row.customer_number] = person
        return person

    def whom(self, row: Row | Ties, service: int | None) -> str | None:
        """Whom a row without persons is about: its service's, else its customer's."""
        person = self.services.get(service) if service is not None else None
        if person is None and row.customer_number is not None:
            person = self.customers.get(row.customer_number)
        return person

    def about(self, row: Ties) -> "Seen":
        """As much as the row itself will need when it is read again."""
        executions = {nr: two for nr, two in self.executions.items() if nr == row.id}
        services = {row.service_id, *(service for service, _ in executions.values())}
        return Seen(
            customers={n: who for n, who in self.customers.items() if n == row.customer_number},
            services={n: who for n, who in self.services.items() if n in services},
            executions=executions,
        )
