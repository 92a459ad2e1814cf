from residents.models.households import Household
from residents.models.people import Belonging, Person

__all__ = ["Belonging", "Household", "Person"]
